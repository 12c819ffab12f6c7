// mistake: the length of the longest echo so far is printed, not that of this (UNP 3.9)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    static size_t length;

    if (length < n)
        length = n;
    print_all(from, length);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
