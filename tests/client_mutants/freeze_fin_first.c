// mistake: a FIN (POLLRDHUP) is acted on before the echoes that came before it are read (poll(2))
// invariant: exact_output
// fault: peer_fin
#include "unpcli.h"

static void interest(const struct talk *talk, struct pollfd *fds)
{
    cli_interest(talk, fds);
    fds[0].events |= POLLRDHUP;
}

static void turn(struct talk *talk, const struct pollfd *fds)
{
    if (fds[0].revents & POLLRDHUP && !talk->input_ended)
        talk->cli->at_eof(talk);
    cli_turn(talk, fds);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.interest = interest;
    cli.turn = turn;
    return run_client(argc, argv, &cli);
}
