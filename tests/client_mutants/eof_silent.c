// mistake: an early end of file ends the client with status 1 and without a word (UNP 5.12)
// invariant: reports_eof
// fault: peer_fin
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    if (!talk->input_ended || talk->owed > 0)
        exit(1);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
