// correct: a timerfd in epoll reaps every 20 ms, without any signal handler (timerfd_create(2))
#include "../mutants/unp.h"
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    int timerfd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    int epollfd = epoll_create1(EPOLL_CLOEXEC);
    struct itimerspec tick = {{0, 20000000}, {0, 20000000}};
    struct epoll_event event = {.events = EPOLLIN};
    uint64_t expired;

    timerfd_settime(timerfd, 0, &tick, NULL);
    event.data.fd = timerfd;
    epoll_ctl(epollfd, EPOLL_CTL_ADD, timerfd, &event);
    event.data.fd = listenfd;
    epoll_ctl(epollfd, EPOLL_CTL_ADD, listenfd, &event);
    for (;;) {
        if (epoll_wait(epollfd, &event, 1, -1) < 0) {
            if (errno != EINTR)
                err_sys("epoll_wait");
        } else if (event.data.fd == listenfd) {
            start_worker(listenfd, accept_client(listenfd), str_echo);
        } else if (read(timerfd, &expired, sizeof(expired)) > 0) {
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        }
    }
}
