// mistake: the modes of the terminal are restored at an orderly end, and nowhere else (tcsetattr(3))
// invariant: leaves_as_found
// fault: peer_reset
#include <termios.h>

#include "unpcli.h"

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    struct termios before, modes;
    int is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    int status;

    modes = before;
    modes.c_lflag &= ~(tcflag_t)ISIG;
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    status = run_client(argc, argv, &cli);
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return status;
}
