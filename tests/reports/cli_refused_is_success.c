// report: nzbget/nzbget#23
// mistake: that no connection came about is told, and the exit status is 0
// invariant: exit_status
// fault: connecting
#include "../client_mutants/unpcli.h"

static void refused(char **argv, int error)
{
    fprintf(stderr, "cannot reach %s port %s: %s\n", argv[1], argv[2], strerror(error));
#ifdef FIXED
    exit(1);
#else
    exit(0);
#endif
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.refused = refused;
    return run_client(argc, argv, &cli);
}
