// mistake: what comes before urgent data is discarded up to the mark, as Telnet does it (UNP 24.3, RFC 854)
// invariant: exact_echo
// fault: urgent_data
#include "loop.h"

static int fill(struct client *client)
{
    char urgent;

    if (recv(client->fd, &urgent, 1, MSG_OOB) == 1)
        while (sockatmark(client->fd) == 0)
            if (read(client->fd, client->buf, client->size) <= 0)
                break;
    return loop_fill(client);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
