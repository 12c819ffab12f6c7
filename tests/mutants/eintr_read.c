// mistake: EINTR of a worker's read() is taken for a broken connection (UNP 5.9)
// invariant: exact_echo
// fault: signals
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    if (n < 0)
        err_sys("str_echo: read error");
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
