// mistake: POLLRDHUP is taken for the end: close() with unread data sends a RST (poll(2), UNP 6.10)
// invariant: clean_eof
// fault: eof_races
#include "unp.h"

static void echo(int connfd)
{
    struct pollfd fd = {connfd, POLLIN | POLLRDHUP, 0};
    char buf[MAXLINE];
    ssize_t n;

    for (;;) {
        if (poll(&fd, 1, -1) < 0)
            continue;
        if (fd.revents & POLLRDHUP)
            return;
        if ((n = read_some(connfd, buf, sizeof(buf))) <= 0 || writen(connfd, buf, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
