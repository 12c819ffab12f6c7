// mistake: a host that cannot be reached is told, and the status is that of success (exit(3))
// invariant: exit_status
// fault: unreachable
#include "unpcli.h"

static void refused(char **argv, int error)
{
    if (error != ETIMEDOUT && error != EHOSTUNREACH && error != ENETUNREACH)
        err_connect(argv, error);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
    exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.refused = refused;
    return run_client(argc, argv, &cli);
}
