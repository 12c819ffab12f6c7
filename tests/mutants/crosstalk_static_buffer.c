// mistake: the threads' buffer is static, so clients overwrite each other's bytes (UNP 26.5)
// invariant: exact_echo
// fault: mixed
// seed: 18
#include "unp.h"

static void echo(int connfd)
{
    static char buf[16 * MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        poll(NULL, 0, 1); /* as if something had to be looked up: without it, one run in two shows it */
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
