// mistake: a thread asks a non-blocking socket again and again while its client is silent (UNP 16.1)
// invariant: no_spin
// fault: control
#include "unp.h"

static int may_go_on(ssize_t n)
{
    return n > 0 || (n < 0 && errno == EAGAIN);
}

static void echo(int connfd)
{
    struct pollfd fd = {connfd, POLLOUT, 0};
    char buf[MAXLINE];
    ssize_t n;

    set_nonblocking(connfd);
    while (may_go_on(n = read_some(connfd, buf, sizeof(buf))))
        for (ssize_t done = 0, wrote; done < n; done += wrote)
            if ((wrote = write(connfd, buf + done, (size_t)(n - done))) < 0) {
                if (errno != EAGAIN || poll(&fd, 1, -1) < 0)
                    return;
                wrote = 0;
            }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
