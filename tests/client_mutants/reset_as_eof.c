// mistake: every error of read() is taken for an end of file (UNP 5.12, 5.13)
// invariant: reports_reset
// fault: peer_reset
#include "unpcli.h"

static void broken(int error)
{
    (void)error;
    err_quit(TERMINATED);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.broken = broken;
    return run_client(argc, argv, &cli);
}
