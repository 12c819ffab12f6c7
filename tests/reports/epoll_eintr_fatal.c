// report: pistacheio/pistache#565, tokio-rs/mio#132
// mistake: EINTR of epoll_wait() is an error like any other: a debugger, or a stop and continue, ends the server
// invariant: listener_survives
// fault: freeze
#include "../mutants/unp.h"
#include <sys/epoll.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), epollfd = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN}, got;

    set_nonblocking(listenfd);
    epoll_ctl(epollfd, EPOLL_CTL_ADD, listenfd, &wanted);
    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd;

        if (epoll_wait(epollfd, &got, 1, -1) < 0) {
#ifdef FIXED
            if (errno == EINTR)
                continue;
#endif
            err_sys("epoll_wait");
        }
        if ((connfd = accept(listenfd, NULL, NULL)) >= 0)
            start_thread(connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
}
