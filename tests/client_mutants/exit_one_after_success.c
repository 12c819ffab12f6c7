// mistake: every end of file ends the client with status 1, the orderly one as well (exit(3))
// invariant: exit_status
// fault: control
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    cli_at_eof(talk);
    exit(1);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
