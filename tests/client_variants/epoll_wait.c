// correct: epoll, which goes on after the EINTR of a stop and continue (signal(7))
#include "../client_mutants/unpcli.h"
#include <sys/epoll.h>

static int epollfd;

static int wait_epoll(struct pollfd *fds, nfds_t n)
{
    struct epoll_event events[2];
    int ready;

    for (nfds_t i = 0; i < n; i++) {
        struct epoll_event event = {.events = (unsigned)fds[i].events, .data.u64 = i};

        /* A regular file cannot be waited for and need not be. */
        if (fds[i].fd >= 0 && epoll_ctl(epollfd, EPOLL_CTL_ADD, fds[i].fd, &event) < 0) {
            if (errno != EPERM)
                err_sys("epoll_ctl");
            fds[i].revents = POLLIN;
        }
    }
    ready = epoll_wait(epollfd, events, 2, fds[1].revents ? 0 : -1);
    if (ready < 0 && errno != EINTR)
        err_sys("epoll_wait");
    for (int i = 0; i < ready; i++)
        fds[events[i].data.u64].revents = (short)events[i].events;
    for (nfds_t i = 0; i < n; i++)
        if (fds[i].fd >= 0)
            epoll_ctl(epollfd, EPOLL_CTL_DEL, fds[i].fd, NULL);
    return ready;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    epollfd = epoll_create1(0);
    cli.wait = wait_epoll;
    return run_client(argc, argv, &cli);
}
