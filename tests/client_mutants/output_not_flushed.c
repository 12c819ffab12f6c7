// mistake: echoes wait in the buffer of stdio, and at exit nobody asks whether they could be written (fclose(3))
// invariant: reports_output_error
// fault: output_fails
#include "unpcli.h"

static void print(const char *from, size_t n)
{
    if (fwrite(from, 1, n, stdout) < n)
        err_sys("str_cli: standard output");
}

static void at_eof(struct talk *talk)
{
    fflush(stdout);
    cli_at_eof(talk);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = print;
    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
