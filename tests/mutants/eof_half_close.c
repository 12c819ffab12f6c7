// mistake: a half-close is taken for a close: a peek that sees the FIN drops the echo (UNP 6.6)
// invariant: clean_eof
// fault: eof_races
#include "unp.h"

/* "Is it still there?" A FIN after the data read says no. */
static int gone(int connfd)
{
    char next;

    return recv(connfd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (gone(connfd) || writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
