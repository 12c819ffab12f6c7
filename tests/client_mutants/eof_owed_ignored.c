// mistake: after the end of input every end of file is taken for the orderly one (UNP 6.7)
// invariant: reports_eof
// fault: peer_fin
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    if (!talk->input_ended)
        err_quit(TERMINATED);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
