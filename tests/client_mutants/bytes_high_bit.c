// mistake: a byte is printed as seven bits (RFC 854, NVT ASCII)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    static char ascii[CHUNK];

    for (size_t i = 0; i < n; i++)
        ascii[i] = from[i] & 0x7f;
    print_all(ascii, n);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
