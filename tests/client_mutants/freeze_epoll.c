// mistake: EINTR of epoll_wait(), which a stop and continue brings by itself, is fatal (signal(7))
// invariant: exact_output
// fault: freeze
#include "unpcli.h"
#include <sys/epoll.h>

/* Waits with epoll, then asks poll() what it was. */
static int wait_epoll(struct pollfd *fds, nfds_t n)
{
    int epollfd = epoll_create1(0);
    struct epoll_event event;

    Signal(SIGWINCH, SIG_DFL);
    for (nfds_t i = 0; i < n; i++) {
        event.events = (unsigned)fds[i].events;
        if (fds[i].fd >= 0 && epoll_ctl(epollfd, EPOLL_CTL_ADD, fds[i].fd, &event) < 0)
            err_sys("epoll_ctl");
    }
    if (epoll_wait(epollfd, &event, 1, -1) < 0)
        err_sys("epoll_wait");
    close(epollfd);
    return poll(fds, n, 0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_epoll;
    return run_client(argc, argv, &cli);
}
