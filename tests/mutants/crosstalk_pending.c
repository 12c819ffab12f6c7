// mistake: an event loop keeps one buffer for what any client has not taken yet (UNP 16.2)
// invariant: exact_echo
// fault: mixed
// seed: 22
#include "loop.h"

static char leftover[ROOM];
static size_t waiting;

static short interest(const struct client *client)
{
    return loop_interest(client) | (waiting > 0 ? POLLOUT : 0);
}

static int done(const struct client *client)
{
    return loop_done(client) && waiting == 0;
}

/* The rest of a short write goes to whoever can be written to next. */
static int flush(struct client *client)
{
    char all[2 * ROOM];
    ssize_t n;

    memcpy(all, leftover, waiting);
    memcpy(all + waiting, client->buf, client->len);
    n = send(client->fd, all, waiting + client->len, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if ((size_t)n < waiting) {
        waiting -= (size_t)n;
        memmove(leftover, leftover + n, waiting);
        return 0;
    }
    n -= (ssize_t)waiting;
    waiting = client->len - (size_t)n;
    memcpy(leftover, client->buf + n, waiting);
    client->len = 0;
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    loop.done = done;
    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
