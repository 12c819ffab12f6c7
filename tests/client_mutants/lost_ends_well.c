// mistake: the server's host has crashed, which is told, and the status is that of success (UNP 5.14)
// invariant: exit_status
// fault: host_crash
#include "unpcli.h"

static void broken_well(int error)
{
    if (error == ECONNRESET || error == EPIPE)
        err_socket(error);
    fprintf(stderr, "str_cli: %s\n", words(error));
    exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.broken = broken_well;
    return run_client(argc, argv, &cli);
}
