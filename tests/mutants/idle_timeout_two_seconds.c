// mistake: select waits two seconds for a client, who is then cut off (RFC 862 has no limit)
// invariant: exact_echo
// fault: mixed
#include "unp.h"
#include <sys/select.h>

static int has_input(int connfd)
{
    fd_set wanted;
    int ready;

    do {
        struct timeval most = {.tv_sec = 2};

        FD_ZERO(&wanted);
        FD_SET(connfd, &wanted);
        ready = select(connfd + 1, &wanted, NULL, NULL, &most);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while (has_input(connfd) && (n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
