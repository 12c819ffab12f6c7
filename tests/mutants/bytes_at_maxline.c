// mistake: a full buffer loses its last byte to a terminating NUL (UNP 3.9, MAXLINE)
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        if (n == MAXLINE)
            buf[--n] = '\0';
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
