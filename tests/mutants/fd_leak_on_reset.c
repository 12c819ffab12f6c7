// mistake: an event loop forgets a reset connection without closing it (UNP 5.13, close(2))
// invariant: no_fd_leak
// fault: disconnect_burst
#include "loop.h"

static void leave(struct client *client, int broken)
{
    if (!broken)
        close(client->fd);
    free(client->buf);
    free(client);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.leave = leave;
    serve_loop(tcp_listen(argc, argv), &loop);
}
