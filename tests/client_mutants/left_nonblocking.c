// mistake: O_NONBLOCK is left set on standard input, for the shell and its next program (UNP 16.2)
// invariant: leaves_as_found
// fault: control
#include "unpcli.h"

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    set_nonblocking(STDIN_FILENO);
    return run_client(argc, argv, &cli);
}
