// mistake: a write that would block is tried again at once while the client reads nothing (UNP 16.2)
// invariant: no_spin
// fault: control
#include "unp.h"

static int write_all(int fd, const char *from, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(fd, from, n);

        if (wrote < 0 && errno != EAGAIN && errno != EINTR)
            return -1;
        if (wrote > 0) {
            from += wrote;
            n -= (size_t)wrote;
        }
    }
    return 0;
}

static void echo(int connfd)
{
    struct pollfd readable = {connfd, POLLIN, 0};
    char buf[MAXLINE];

    set_nonblocking(connfd);
    for (;;) {
        ssize_t n = read(connfd, buf, sizeof(buf));

        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return;
        if (n > 0 && write_all(connfd, buf, (size_t)n) < 0)
            return;
        poll(&readable, 1, -1);
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
