// mistake: a write of less than a full buffer is taken for done, however short it was (UNP 3.9)
// invariant: exact_echo
// fault: short_counts
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        if (n == MAXLINE) {
            if (writen(connfd, buf, (size_t)n) < 0)
                return;
        } else if (write(connfd, buf, (size_t)n) < 0 && errno != EINTR) {
            return;
        }
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
