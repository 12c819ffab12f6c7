// mistake: a thread's read error goes to err_sys(), which ends the whole process (UNP 26.3, exit(3))
// invariant: listener_survives
// fault: disconnect_burst
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    if (n < 0)
        err_sys("str_echo: read error");
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
