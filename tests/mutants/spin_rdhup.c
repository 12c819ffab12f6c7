// mistake: POLLRDHUP is asked for again: a half-closed client that reads nothing makes it spin (poll(2))
// invariant: no_spin
// fault: control
#include "loop.h"

static short interest(const struct client *client)
{
    return loop_interest(client) | POLLRDHUP;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    serve_loop(tcp_listen(argc, argv), &loop);
}
