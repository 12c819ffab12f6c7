// mistake: tells that nobody listens, and ends with status 0 (UNP 4.3)
// invariant: exit_status
// fault: connecting
#include "unpcli.h"

static void refused(char **argv, int error)
{
    fprintf(stderr, "cannot connect to %s port %s: %s\n", argv[1], argv[2], strerror(error));
    exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.refused = refused;
    return run_client(argc, argv, &cli);
}
