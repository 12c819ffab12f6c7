// mistake: input is asked for while the last chunk is unsent and there is no room for more (UNP 16.2)
// invariant: no_spin
// fault: control
#include "unpcli.h"

static void interest(const struct talk *talk, struct pollfd *fds)
{
    cli_interest(talk, fds);
    if (!talk->input_ended)
        fds[1].fd = STDIN_FILENO;
}

static void turn(struct talk *talk, const struct pollfd *fds)
{
    struct pollfd taken[2] = {fds[0], fds[1]};

    if (talk->unsent)
        taken[1].revents = 0;
    cli_turn(talk, taken);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.interest = interest;
    cli.turn = turn;
    return run_client(argc, argv, &cli);
}
