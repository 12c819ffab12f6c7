// mistake: the worker does not end at EOF: read() returns 0 for ever (UNP 5.6, read(2))
// invariant: no_spin
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) >= 0)
        if (n > 0 && writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
