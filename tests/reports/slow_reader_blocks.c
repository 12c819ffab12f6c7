// report: GothenburgBitFactory/taskserver#72, bhideki/darksword#7
// mistake: one thread serves all and writes with calls that block: a client that does not read holds up all others
// invariant: prompt_service
// fault: control
#include "../mutants/loop.h"

static int flush(struct client *client)
{
#ifndef FIXED
    fcntl(client->fd, F_SETFL, fcntl(client->fd, F_GETFL) & ~O_NONBLOCK);
#endif
    return loop_flush(client);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.flush = flush;
    serve_loop(tcp_listen(argc, argv), &loop);
}
