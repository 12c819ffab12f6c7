// mistake: SIGPIPE is not ignored: a write after FIN and RST ends the only process (UNP 5.13)
// invariant: listener_survives
// fault: eof_races
#define ROOM 512
#include "loop.h"

static int flush(struct client *client)
{
    ssize_t n = write(client->fd, client->buf, client->len);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    loop_consume(client, (size_t)n);
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
