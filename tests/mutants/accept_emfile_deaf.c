// mistake: on EMFILE the listener is taken out of the loop, and is put back by nobody (accept(2))
// invariant: listener_survives
// fault: scarce_descriptors
#include "loop.h"

static int deaf;

static int admit(int listenfd)
{
    int connfd = accept(listenfd, NULL, NULL);

    if (connfd < 0 && errno == EMFILE)
        deaf = 1;
    else if (connfd < 0 && !passing(errno))
        err_sys("accept");
    return connfd;
}

static int wait_for(struct pollfd *fds, nfds_t n)
{
    if (deaf)
        fds[0].fd = -1;
    return loop_wait(fds, n);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    loop.wait = wait_for;
    serve_loop(tcp_listen(argc, argv), &loop);
}
