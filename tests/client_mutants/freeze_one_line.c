// mistake: a read is taken for one line, and what follows its first newline is not printed (UNP 3.9)
// invariant: exact_output
// fault: freeze
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    const char *newline = memchr(from, '\n', n);

    print_all(from, newline ? (size_t)(newline - from) + 1 : n);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
