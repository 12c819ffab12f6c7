// mistake: SO_SNDTIMEO of 0.2 s cuts a write short, and the rest of the chunk is lost (socket(7))
// invariant: exact_echo
// fault: control
#include "unp.h"
#include <sys/time.h>

static void echo(int connfd)
{
    struct timeval limit = {.tv_usec = 200000};
    char buf[16 * MAXLINE];
    ssize_t n;

    setsockopt(connfd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (write(connfd, buf, (size_t)n) < 0 && errno != EAGAIN)
            return;
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
