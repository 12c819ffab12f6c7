// mistake: a failed connect() ends the client with status 1 and without a word (UNP 4.3)
// invariant: dies_loudly
// fault: connecting
#include "unpcli.h"

static void refused(char **argv, int error)
{
    (void)argv;
    (void)error;
    exit(1);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.refused = refused;
    return run_client(argc, argv, &cli);
}
