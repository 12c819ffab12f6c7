// report: libuv/libuv#3671, OpenAtomFoundation/pikiwidb#251, Cargill/splinter#23
// mistake: once a client was written to it is polled for writing until it leaves, and it is always writable
// invariant: no_spin
// fault: control
#include "../mutants/loop.h"

static char wrote[4096];

static short interest(const struct client *client)
{
    short events = loop_interest(client);

#ifndef FIXED
    if (events & POLLOUT)
        wrote[client->fd] = 1;
    if (wrote[client->fd])
        events |= POLLOUT;
#endif
    return events;
}

static void leave(struct client *client, int broken)
{
    wrote[client->fd] = 0;
    loop_leave(client, broken);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    loop.leave = leave;
    serve_loop(tcp_listen(argc, argv), &loop);
}
