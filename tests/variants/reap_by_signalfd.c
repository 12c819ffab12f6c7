// correct: SIGCHLD is blocked for good and read from a signalfd instead of handled (signalfd(2))
#include "../mutants/unp.h"
#include <sys/epoll.h>
#include <sys/signalfd.h>

static void echo(int connfd)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), signals, epollfd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    struct signalfd_siginfo info;
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    event.data.fd = signals;
    epoll_ctl(epollfd, EPOLL_CTL_ADD, signals, &event);
    event.data.fd = listenfd;
    epoll_ctl(epollfd, EPOLL_CTL_ADD, listenfd, &event);
    for (;;) {
        if (epoll_wait(epollfd, &event, 1, -1) < 0) {
            if (errno != EINTR)
                err_sys("epoll_wait");
        } else if (event.data.fd == listenfd) {
            start_worker(listenfd, accept_client(listenfd), echo);
        } else if (read(signals, &info, sizeof(info)) > 0) {
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        }
    }
}
