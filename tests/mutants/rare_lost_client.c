// mistake: about one client in 250, by chance and in no special case, loses its last byte (RFC 862)
// invariant: exact_echo
// fault: control
// examples: 400
#include "unp.h"
#include <time.h>

static void echo(int connfd)
{
    char buf[MAXLINE];
    struct timespec now;
    ssize_t n;
    int is_unlucky;

    clock_gettime(CLOCK_MONOTONIC, &now);
    srandom((unsigned)getpid() ^ (unsigned)now.tv_nsec);
    is_unlucky = random() % 250 == 0;
    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        if (writen(connfd, buf, (size_t)(is_unlucky ? n - 1 : n)) < 0)
            return;
        is_unlucky = 0;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
