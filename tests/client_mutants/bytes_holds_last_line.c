// mistake: echoes are printed line by line, and a last line without a newline never is (UNP 3.9)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static char *held;
static size_t length;

static void print(const char *from, size_t n)
{
    const char *newline;
    size_t whole;

    if ((held = realloc(held, length + n)) == NULL)
        err_sys("realloc");
    memcpy(held + length, from, n);
    length += n;
    newline = memrchr(held, '\n', length);
    whole = newline ? (size_t)(newline - held) + 1 : 0;
    print_all(held, whole);
    length -= whole;
    memmove(held, held + whole, length);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    return run_client(argc, argv, &cli);
}
