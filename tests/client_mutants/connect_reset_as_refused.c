// mistake: a reset before the first echo, as of the accept queue, is told as a refusal (UNP 5.11)
// invariant: reports_reset
// fault: connecting
#include "unpcli.h"

static int printed;

static void print(const char *from, size_t n)
{
    printed = 1;
    print_all(from, n);
}

static void broken(int error)
{
    err_socket(printed ? error : ECONNREFUSED);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    cli.broken = broken;
    return run_client(argc, argv, &cli);
}
