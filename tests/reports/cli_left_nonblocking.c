// report: google/libhoth#13, a-nikolaev/curseofwar#38, xcat2/goconserver#56
// mistake: O_NONBLOCK is set on standard input and left there for the shell
// invariant: leaves_as_found
// fault: control
#include "../client_mutants/unpcli.h"

#ifdef FIXED
static int flags;

static void restore(void)
{
    fcntl(STDIN_FILENO, F_SETFL, flags);
}
#endif

int main(int argc, char **argv)
{
    struct cli cli = CLI;

#ifdef FIXED
    flags = fcntl(STDIN_FILENO, F_GETFL);
    atexit(restore);
#endif
    set_nonblocking(STDIN_FILENO);
    return run_client(argc, argv, &cli);
}
