// mistake: a reset ends the client with status 1 and without a word (UNP 5.12)
// invariant: reports_reset
// fault: peer_reset
#include "unpcli.h"

static void broken(int error)
{
    (void)error;
    exit(1);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.broken = broken;
    return run_client(argc, argv, &cli);
}
