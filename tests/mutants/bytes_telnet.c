// mistake: telnet's doubled 0xff is folded into one (RFC 854; RFC 862 echoes any data)
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    unsigned char buf[MAXLINE], previous = 0;
    ssize_t n, kept;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        kept = 0;
        for (ssize_t i = 0; i < n; i++) {
            int escaped = buf[i] == 0xff && previous == 0xff;

            previous = escaped ? 0 : buf[i];
            if (!escaped)
                buf[kept++] = buf[i];
        }
        if (writen(connfd, buf, (size_t)kept) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
