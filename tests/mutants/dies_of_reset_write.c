// mistake: ECONNRESET of a write ends a loop that expects only EPIPE there (UNP 5.15)
// invariant: listener_survives
// fault: io_errors
#include "loop.h"

static int flush(struct client *client)
{
    ssize_t n = send(client->fd, client->buf, client->len, MSG_NOSIGNAL);

    if (n < 0 && errno == ECONNRESET)
        err_sys("send");
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
