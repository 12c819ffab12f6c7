// mistake: edge-triggered epoll, but one read for each event: the rest waits (epoll(7))
// invariant: exact_echo
// fault: control
// seed: 4
#include "unp.h"
#include <sys/epoll.h>

/* Each client's thread waits in its own epoll; writes block, so the client is held up by TCP. */
static void echo(int connfd)
{
    int epollfd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    char buf[MAXLINE];
    ssize_t n = 1;

    epoll_ctl(epollfd, EPOLL_CTL_ADD, connfd, &event);
    while (n > 0) {
        if (epoll_wait(epollfd, &event, 1, -1) < 0)
            continue;
        if ((n = read_some(connfd, buf, sizeof(buf))) > 0 && writen(connfd, buf, (size_t)n) < 0)
            break;
    }
    close(epollfd);
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
