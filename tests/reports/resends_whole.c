// report: SFML/SFML#749
// mistake: a send in pieces that meets EAGAIN is told as "not ready", without how much has gone: all is sent again
// invariant: exact_echo
// fault: control
#include "../mutants/loop.h"

/* Returns 0 when nothing, as it says, was sent. */
static int send_packet(int fd, const char *from, size_t n, size_t *sent)
{
    for (*sent = 0; *sent < n;) {
        ssize_t wrote = send(fd, from + *sent, n - *sent, MSG_NOSIGNAL);

        if (wrote < 0 && (errno == EAGAIN || errno == EINTR)) {
#ifndef FIXED
            *sent = 0;
#endif
            return 0;
        }
        if (wrote < 0)
            return -1;
        *sent += (size_t)wrote;
    }
    return 0;
}

static int flush(struct client *client)
{
    size_t sent;

    if (send_packet(client->fd, client->buf, client->len, &sent) < 0)
        return -1;
    loop_consume(client, sent);
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
