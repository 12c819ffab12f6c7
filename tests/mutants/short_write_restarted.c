// mistake: a write cut short by a signal is restarted from the beginning (UNP 3.9, 5.9)
// invariant: exact_echo
// fault: signals
#include "unp.h"

static char buf[16 * MAXLINE];

static void echo(int connfd)
{
    ssize_t n, wrote;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        while ((wrote = write(connfd, buf, (size_t)n)) < n)
            if (wrote < 0 && errno != EINTR)
                return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
