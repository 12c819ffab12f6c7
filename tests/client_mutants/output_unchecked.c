// mistake: what write() to standard output returns is not looked at: echoes are lost in silence (write(2))
// invariant: reports_output_error
// fault: output_fails
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    (void)!write(STDOUT_FILENO, from, n);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
