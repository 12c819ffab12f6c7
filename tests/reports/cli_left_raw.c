// report: hdresearch/vers-cli#137, charmbracelet/wish#16, eminwux/sbsh#364
// mistake: the modes of the terminal are given back at the end of the input, not when the server closes
// invariant: leaves_as_found
// fault: peer_fin
#include "../client_mutants/unpcli.h"
#include <termios.h>

static struct termios before;
static int at_terminal;

static void restore(void)
{
    if (at_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    struct termios raw;
    int status;

    at_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
#ifdef FIXED
    atexit(restore);
#endif
    if (at_terminal) {
        raw = before;
        raw.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    status = run_client(argc, argv, &cli);
    restore();
    return status;
}
