// mistake: an idle client looks for errors of the socket (POLLERR), and a FIN is none (poll(2))
// invariant: notices_eof
// fault: peer_fin
#include "unpcli.h"

static void interest(const struct talk *talk, struct pollfd *fds)
{
    cli_interest(talk, fds);
    if (talk->owed <= 0 && !talk->input_ended)
        fds[0].events &= ~POLLIN;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.interest = interest;
    return run_client(argc, argv, &cli);
}
