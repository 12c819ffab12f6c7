// mistake: at EOF read() returns 0, and the line before is written again, and for ever (read(2))
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    size_t length = 0;
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) >= 0) {
        if (n > 0)
            length = (size_t)n;
        if (writen(connfd, buf, length) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
