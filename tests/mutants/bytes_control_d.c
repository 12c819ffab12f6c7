// mistake: a byte 0x04, control-D, is taken for end of file (UNP 5.6; RFC 862 echoes any data)
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE], *end;
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        if ((end = memchr(buf, 0x04, (size_t)n)) != NULL)
            n = end - buf;
        if (writen(connfd, buf, (size_t)n) < 0 || end != NULL)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
