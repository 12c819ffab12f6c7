// mistake: an event loop forgets the client at EOF without close(): CLOSE_WAIT for good (UNP 5.7)
// invariant: clean_eof
// fault: control
#include "loop.h"

static void leave(struct client *client, int broken)
{
    if (broken)
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
