// report: apple/cups#4605, hpcc-systems/HPCC-Platform#6886
// mistake: with echoes owed the loop also waits for EPOLLRDHUP, which a half-closed client makes true for as long as it lives
// invariant: no_spin
// fault: control
#include "../mutants/loop.h"

static short interest(const struct client *client)
{
    short events = loop_interest(client);

#ifndef FIXED
    events |= POLLRDHUP;
#endif
    return events;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    serve_loop(tcp_listen(argc, argv), &loop);
}
