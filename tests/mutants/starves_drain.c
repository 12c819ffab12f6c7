// mistake: one client is read from until EAGAIN: while it sends, no other is served (epoll(7))
// invariant: prompt_service
// fault: flooding_client
#include "loop.h"

static int fill(struct client *client)
{
    for (;;) {
        if (loop_fill(client) < 0)
            return -1;
        if (client->len == 0)
            return 0;
        while (client->len > 0) {
            size_t before = client->len;

            if (loop_flush(client) < 0)
                return -1;
            if (client->len == before)
                return 0;
        }
    }
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
