// mistake: edge-triggered, and after EMFILE nobody looks at who waits until another client comes (epoll(7))
// invariant: exact_echo
// fault: scarce_descriptors
#include "edges.h"

static int admit(int listenfd)
{
    int connfd = accept(listenfd, NULL, NULL);

    if (connfd < 0 && errno != EMFILE && !passing(errno))
        err_sys("accept");
    return connfd;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    serve_edges(tcp_listen(argc, argv), &loop, -1);
}
