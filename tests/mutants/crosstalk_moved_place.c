// mistake: the last client takes the place of one that leaves in the poll array, and not in that of the buffers (UNP 6.11)
// invariant: exact_echo
// fault: control
#include "loop.h"

static struct pollfd polled[MAXCLIENTS + 1];
static struct { size_t len; char buf[MAXLINE]; } kept[MAXCLIENTS + 1];

/* Returns 0 once the client is to go. */
static int serve(int i)
{
    ssize_t n;

    if (kept[i].len == 0) {
        n = read(polled[i].fd, kept[i].buf, MAXLINE);
        if (n <= 0)
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        kept[i].len = (size_t)n;
    }
    n = write(polled[i].fd, kept[i].buf, kept[i].len);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    kept[i].len -= (size_t)n;
    memmove(kept[i].buf, kept[i].buf + n, kept[i].len);
    return 1;
}

int main(int argc, char **argv)
{
    int count = 1, connfd;

    polled[0].fd = tcp_listen(argc, argv);
    polled[0].events = POLLIN;
    for (;;) {
        loop_wait(polled, (nfds_t)count);
        for (int i = count - 1; i > 0; i--) {
            if (!(polled[i].revents & ~POLLNVAL))
                continue;
            if (!serve(i)) {
                close(polled[i].fd);
                polled[i] = polled[--count];
            } else {
                polled[i].events = kept[i].len > 0 ? POLLOUT : POLLIN;
            }
        }
        if (polled[0].revents & POLLIN && count <= MAXCLIENTS && (connfd = loop_admit(polled[0].fd)) >= 0) {
            set_nonblocking(connfd);
            polled[count].fd = connfd;
            polled[count].events = POLLIN;
            kept[count].len = 0;
            polled[count++].revents = 0;
        }
    }
}
