// mistake: about once in 400 chunks the last byte is lost, by chance and in no special case (RFC 862)
// invariant: exact_echo
// fault: control
#include "unp.h"
#include <time.h>

static void echo(int connfd)
{
    char buf[MAXLINE];
    struct timespec now;
    ssize_t n;

    clock_gettime(CLOCK_MONOTONIC, &now);
    srandom((unsigned)getpid() ^ (unsigned)now.tv_nsec);
    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        if (random() % 400 == 0)
            n--;
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
