// mistake: a byte 0xff kept in a char compares equal to EOF and ends the worker (getc(3))
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n, i;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        for (i = 0; i < n; i++)
            if ((signed char)buf[i] == EOF)
                break;
        if (writen(connfd, buf, (size_t)i) < 0 || i < n)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
