// mistake: an event loop always asks for POLLOUT: an open idle connection makes it spin (poll(2))
// invariant: no_spin
// fault: control
#include "loop.h"

static short interest(const struct client *client)
{
    return loop_interest(client) | POLLOUT;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    serve_loop(tcp_listen(argc, argv), &loop);
}
