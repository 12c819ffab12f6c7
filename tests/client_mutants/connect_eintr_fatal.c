// mistake: EINTR of connect() is taken for a failure (UNP 5.9)
// invariant: connect_survives_signal
// fault: signals
#include "unpcli.h"

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = start_connect;
    return run_client(argc, argv, &cli);
}
