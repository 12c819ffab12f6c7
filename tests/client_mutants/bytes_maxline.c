// mistake: what follows the first MAXLINE bytes of a line is not printed (UNP 3.9)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    static char line[CHUNK];
    static size_t column;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (column < MAXLINE || from[i] == '\n')
            line[kept++] = from[i];
        column = from[i] == '\n' ? 0 : column + 1;
    }
    print_all(line, kept);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
