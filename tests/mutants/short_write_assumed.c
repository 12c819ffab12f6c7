// mistake: a blocking write is taken to write all: a signal cuts it short (UNP 3.9, write(2))
// invariant: exact_echo
// fault: signals
#include "unp.h"

static char buf[16 * MAXLINE];

static void echo(int connfd)
{
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        while (write(connfd, buf, (size_t)n) < 0)
            if (errno != EINTR)
                return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
