// mistake: only whole lines are echoed, the rest waits for a newline or EOF (UNP 5.3, RFC 862)
// invariant: exact_echo
// fault: control
#include "unp.h"

/* A line of more than MAXLINE bytes is echoed in pieces. */
static void echo(int connfd)
{
    char buf[MAXLINE];
    size_t len = 0, whole;
    ssize_t n;

    while ((n = read_some(connfd, buf + len, sizeof(buf) - len)) > 0) {
        len += (size_t)n;
        for (whole = len; whole > 0 && buf[whole - 1] != '\n'; whole--)
            continue;
        if (len == sizeof(buf))
            whole = len;
        if (writen(connfd, buf, whole) < 0)
            return;
        len -= whole;
        memmove(buf, buf + whole, len);
    }
    if (n == 0)
        writen(connfd, buf, len);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
