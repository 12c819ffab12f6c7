// mistake: a thread strips the high bit of every byte: 7-bit ASCII (RFC 862 echoes any data)
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        for (ssize_t i = 0; i < n; i++)
            buf[i] &= 0x7f;
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
