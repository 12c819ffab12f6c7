// mistake: POLLHUP of an input that has ended is reported even when nothing is asked for (poll(2))
// invariant: no_spin
// fault: control
#include "unpcli.h"

static void interest(const struct talk *talk, struct pollfd *fds)
{
    fds[0].events = talk->unsent ? POLLIN | POLLOUT : POLLIN;
    fds[1].events = talk->unsent || talk->input_ended ? 0 : POLLIN;
}

static void turn(struct talk *talk, const struct pollfd *fds)
{
    struct pollfd wanted[2] = {fds[0], fds[1]};

    if (fds[1].events == 0)
        wanted[1].revents = 0;
    cli_turn(talk, wanted);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.interest = interest;
    cli.turn = turn;
    return run_client(argc, argv, &cli);
}
