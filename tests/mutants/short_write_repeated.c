// mistake: after a short non-blocking write the whole buffer is sent again (UNP 16.2)
// invariant: exact_echo
// fault: control
#include "loop.h"

static int flush(struct client *client)
{
    ssize_t n = send(client->fd, client->buf, client->len, MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if ((size_t)n == client->len)
        client->len = 0;
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
