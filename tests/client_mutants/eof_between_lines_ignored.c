// mistake: an end of file is taken for orderly when no echo is owed, with input still open (UNP 5.12)
// invariant: reports_eof
// fault: peer_fin
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    if (talk->owed > 0)
        err_quit(TERMINATED);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
