// mistake: an event loop buffers without bound for a client that never reads (RFC 9293 3.8.6)
// invariant: backpressure
// fault: control
#include "loop.h"

static int fill(struct client *client)
{
    int result = loop_fill(client);

    if (client->len == client->size) {
        client->size *= 2;
        if ((client->buf = realloc(client->buf, client->size)) == NULL)
            err_sys("realloc");
    }
    return result;
}

/* Empties the whole buffer first, so that a moved byte is moved once. */
static int flush(struct client *client)
{
    size_t done = 0;
    ssize_t n;

    while ((n = send(client->fd, client->buf + done, client->len - done, MSG_NOSIGNAL)) > 0)
        done += (size_t)n;
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return -1;
    if (done > 0)
        loop_consume(client, done);
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
