// mistake: a failed connect() ends in abort(), so that a signal kills the client (UNP 4.3)
// invariant: dies_loudly
// fault: connecting
#include "unpcli.h"

static void refused(char **argv, int error)
{
    (void)argv;
    (void)error;
    abort();
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.refused = refused;
    return run_client(argc, argv, &cli);
}
