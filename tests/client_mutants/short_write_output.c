// mistake: standard output does not block, and what a pipe has no room for is lost (UNP 16.2)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    set_nonblocking(STDOUT_FILENO);
    if (write(STDOUT_FILENO, from, n) < 0 && !passing(errno))
        err_sys("str_cli: standard output");
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
