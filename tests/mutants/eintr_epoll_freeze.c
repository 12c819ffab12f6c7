// mistake: EINTR of epoll_wait() ends the loop: a stop and continue suffices (signal(7))
// invariant: listener_survives
// fault: freeze
#include "loop.h"
#include <sys/epoll.h>

static int epollfd;

/* The descriptors are registered anew each time; poll() then tells which are ready. */
static int wait_in_epoll(struct pollfd *fds, nfds_t n)
{
    struct epoll_event event = {0};

    for (nfds_t i = 0; i < n; i++) {
        event.events = (unsigned)fds[i].events;
        event.data.fd = fds[i].fd;
        if (epoll_ctl(epollfd, EPOLL_CTL_MOD, fds[i].fd, &event) < 0 &&
            epoll_ctl(epollfd, EPOLL_CTL_ADD, fds[i].fd, &event) < 0)
            err_sys("epoll_ctl");
    }
    if (epoll_wait(epollfd, &event, 1, -1) < 0)
        err_sys("epoll_wait");
    return poll(fds, n, 0);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.wait = wait_in_epoll;
    if ((epollfd = epoll_create1(EPOLL_CLOEXEC)) < 0)
        err_sys("epoll_create1");
    serve_loop(tcp_listen(argc, argv), &loop);
}
