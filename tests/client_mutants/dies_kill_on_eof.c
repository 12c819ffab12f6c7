// mistake: an early end of file is told by a signal that kills, as to a parent (UNP 16.2)
// invariant: dies_loudly
// fault: peer_fin
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    if (!talk->input_ended || talk->owed > 0)
        kill(getpid(), SIGTERM);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
