// correct: one client is read from until EAGAIN, but sixteen times in a turn and no more (epoll(7))
#include "../mutants/loop.h"

#define TURN 16

static int fill(struct client *client)
{
    for (int reads = 0; reads < TURN; reads++) {
        if (loop_fill(client) < 0)
            return -1;
        if (client->len == 0)
            return 0;
        if (loop_flush(client) < 0)
            return -1;
        if (client->len > 0)
            return 0;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
