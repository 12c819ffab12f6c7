// mistake: the terminal is set before connect(), and not restored after a refusal (tcsetattr(3))
// invariant: leaves_as_found
// fault: connecting
#include <termios.h>

#include "unpcli.h"

static struct termios before;
static int is_terminal;

static void restore(void)
{
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    struct termios modes;
    int sockfd;

    is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    modes = before;
    modes.c_lflag &= ~(tcflag_t)ISIG;
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    sockfd = connected(argc, argv);
    atexit(restore);
    set_nonblocking(sockfd);
    str_cli(&cli, sockfd);
    return 0;
}
