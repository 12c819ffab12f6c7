// report: xtaci/gaio#5, Karlson2k/libmicrohttpd#11, tokio-rs/mio#45
// mistake: an edge-triggered loop reads once for each event: what its buffer had no room for is never told again
// invariant: exact_echo
// fault: control
#include "../mutants/unp.h"
#include <sys/epoll.h>

/* Returns 0 when the client has left. */
static int serve(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

#ifdef FIXED
    while ((n = recv(connfd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            return 0;
#else
    n = recv(connfd, buf, sizeof(buf), MSG_DONTWAIT);
    if (n > 0)
        return writen(connfd, buf, (size_t)n) >= 0;
#endif
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Each client has a thread with an epoll of its own, so that nobody waits for another. */
static void echo(int connfd)
{
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLET}, got;
    int epollfd = epoll_create1(0), serving = epollfd >= 0;

    epoll_ctl(epollfd, EPOLL_CTL_ADD, connfd, &wanted);
    while (serving)
        if (epoll_wait(epollfd, &got, 1, -1) > 0)
            serving = serve(connfd);
    close(epollfd);
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
