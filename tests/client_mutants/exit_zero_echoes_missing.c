// mistake: tells that the server has gone, and ends with status 0 (exit(3))
// invariant: exit_status
// fault: peer_fin
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    if (!talk->input_ended || talk->owed > 0)
        fprintf(stderr, "%s\n", TERMINATED);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
