// mistake: a failed write to standard output ends the client, with status 0 and without a word (write(2))
// invariant: reports_output_error
// fault: output_fails
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    if (writen(STDOUT_FILENO, from, n) < 0)
        exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
