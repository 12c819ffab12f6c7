// correct: input and output do not block, the terminal sends no signals; at exit all is restored (UNP 16.2)
#include <termios.h>

#include "../client_mutants/unpcli.h"

static int input_flags, output_flags, is_terminal;
static struct termios modes;

static void restore(void)
{
    fcntl(STDIN_FILENO, F_SETFL, input_flags);
    fcntl(STDOUT_FILENO, F_SETFL, output_flags);
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

/* What standard output has no room for waits until it has (UNP 16.2). */
static void print(const char *from, size_t n)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    while (n > 0) {
        ssize_t wrote = write(STDOUT_FILENO, from, n);

        if (wrote > 0) {
            from += wrote;
            n -= (size_t)wrote;
        } else if (errno == EAGAIN) {
            poll(&out, 1, -1);
        } else if (errno != EINTR) {
            err_sys("str_cli: standard output");
        }
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    struct termios own;

    input_flags = fcntl(STDIN_FILENO, F_GETFL);
    output_flags = fcntl(STDOUT_FILENO, F_GETFL);
    is_terminal = tcgetattr(STDIN_FILENO, &modes) == 0;
    atexit(restore);
    set_nonblocking(STDIN_FILENO);
    set_nonblocking(STDOUT_FILENO);
    if (is_terminal) {
        own = modes;
        own.c_lflag &= ~(tcflag_t)ISIG;
        tcsetattr(STDIN_FILENO, TCSANOW, &own);
    }
    cli.print = print;
    return run_client(argc, argv, &cli);
}
