// mistake: main() ends with status 0 whatever was told (exit(3))
// invariant: exit_status
// fault: peer_fin
#include "unpcli.h"

static void leave(void)
{
    _exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    atexit(leave);
    return run_client(argc, argv, &cli);
}
