// mistake: EINTR of read() with SO_RCVTIMEO, after a stop and continue, ends the worker (signal(7))
// invariant: exact_echo
// fault: freeze
#include "unp.h"
#include <sys/time.h>

static void echo(int connfd)
{
    struct timeval hour = {.tv_sec = 3600};
    char buf[MAXLINE];
    ssize_t n;

    setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &hour, sizeof(hour));
    while ((n = read(connfd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EAGAIN))
        if (n > 0 && writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
