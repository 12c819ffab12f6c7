// mistake: an echo is printed with fputs(), which ends at a NUL byte (UNP 3.9)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    static char line[CHUNK + 1];

    memcpy(line, from, n);
    line[n] = '\0';
    fputs(line, stdout);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
