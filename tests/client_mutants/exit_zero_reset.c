// mistake: tells the reset, and ends with status 0 (exit(3))
// invariant: exit_status
// fault: peer_reset
#include "unpcli.h"

static void broken(int error)
{
    fprintf(stderr, "str_cli: %s\n", words(error));
    exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.broken = broken;
    return run_client(argc, argv, &cli);
}
