// report: swhitty/FlyingFox#224
// mistake: errno is looked at before the count: an end of file after some EAGAIN counts as "nothing yet", for ever
// invariant: no_spin
// fault: control
#include "../mutants/loop.h"

static int fill(struct client *client)
{
    ssize_t n = read(client->fd, client->buf + client->len, client->size - client->len);

    if (n > 0) {
        client->len += (size_t)n;
        errno = EAGAIN; /* of another client that was asked before */
        return 0;
    }
#ifdef FIXED
    if (n == 0) {
        client->eof = 1;
        return 0;
    }
#endif
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    client->eof = n == 0;
    return n < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
