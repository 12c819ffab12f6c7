// mistake: an end of file before the first echo is taken for an orderly one (UNP 5.12)
// invariant: reports_eof
// fault: peer_fin
#include "unpcli.h"

static int printed;

static void print(const char *from, size_t n)
{
    printed = 1;
    print_all(from, n);
}

static void at_eof(struct talk *talk)
{
    if (printed)
        cli_at_eof(talk);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    cli.print = print;
    return run_client(argc, argv, &cli);
}
