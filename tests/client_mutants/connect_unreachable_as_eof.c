// mistake: whatever connect() fails with is told as a server that has closed the connection (UNP 4.3)
// invariant: reports_unreachable
// fault: unreachable
#include "unpcli.h"

static _Noreturn void gone(char **argv, int error)
{
    (void)argv;
    (void)error;
    err_quit("the server closed the connection");
}

static void refused(char **argv, int error)
{
    if (error == ECONNREFUSED)
        err_connect(argv, error);
    gone(argv, error);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.refused = refused;
    return run_client(argc, argv, &cli);
}
