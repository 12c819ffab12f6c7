// mistake: a read that times out is told as the end of the file (UNP 5.14)
// invariant: reports_unreachable
// fault: host_crash
#include "unpcli.h"

static void broken_or_ended(int error)
{
    if (error == ETIMEDOUT || error == EHOSTUNREACH)
        err_quit(TERMINATED);
    err_socket(error);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.broken = broken_or_ended;
    return run_client(argc, argv, &cli);
}
