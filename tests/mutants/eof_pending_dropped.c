// mistake: an event loop closes at EOF though bytes still wait to be echoed (UNP 6.7, 16.2)
// invariant: clean_eof
// fault: eof_races
#define ROOM (1024 * 1024)
#include "loop.h"

static int done(const struct client *client)
{
    return client->eof;
}

/* A small send buffer in the kernel: what a slow reader is owed waits in this process. */
int main(int argc, char **argv)
{
    struct loop loop = LOOP;
    int listenfd = tcp_listen(argc, argv), size = 4096;

    setsockopt(listenfd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    loop.done = done;
    serve_loop(listenfd, &loop);
}
