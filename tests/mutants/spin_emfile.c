// mistake: on EMFILE the client stays in the backlog and poll() returns at once, for ever (accept(2))
// invariant: no_spin
// fault: scarce_descriptors
#include "loop.h"

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
    serve_loop(tcp_listen(argc, argv), &loop);
}
