// mistake: a reset ends in abort(), so that a signal kills the client without a word (abort(3))
// invariant: dies_loudly
// fault: peer_reset
#include "unpcli.h"

static void broken(int error)
{
    (void)error;
    abort();
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.broken = broken;
    return run_client(argc, argv, &cli);
}
