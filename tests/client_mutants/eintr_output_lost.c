// mistake: what write() to standard output had not taken when a signal came is lost (UNP 5.9, 3.9)
// invariant: exact_output
// fault: signals
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    if (write(STDOUT_FILENO, from, n) < 0 && errno != EINTR)
        err_sys("str_cli: standard output");
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
