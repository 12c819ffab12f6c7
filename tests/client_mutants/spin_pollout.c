// mistake: POLLOUT is asked for when nothing is to be sent, and is always there (UNP 6.10)
// invariant: no_spin
// fault: control
#include "unpcli.h"

static void interest(const struct talk *talk, struct pollfd *fds)
{
    cli_interest(talk, fds);
    fds[0].events |= POLLOUT;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.interest = interest;
    return run_client(argc, argv, &cli);
}
