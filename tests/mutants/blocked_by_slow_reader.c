// mistake: an event loop waits until a write is complete: who does not read stops all (UNP 6.8)
// invariant: prompt_service
// fault: control
// seed: 13
// connections: 4
#include "loop.h"

static int flush(struct client *client)
{
    struct pollfd fd = {client->fd, POLLOUT, 0};

    while (client->len > 0) {
        ssize_t n = send(client->fd, client->buf, client->len, MSG_NOSIGNAL);

        if (n >= 0)
            loop_consume(client, (size_t)n);
        else if (errno == EAGAIN)
            poll(&fd, 1, -1);
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
