// correct: echoes are collected by stdio, and written when its buffer is full and at exit (APUE 5.4)
#include "../client_mutants/unpcli.h"

static void print(const char *from, size_t n)
{
    if (fwrite(from, 1, n, stdout) < n)
        err_sys("str_cli: standard output");
}

/* What was collected comes before what is told; only here it shows whether it can be written. */
static void at_eof(struct talk *talk)
{
    if (fflush(stdout) == EOF)
        err_sys("str_cli: standard output");
    cli_at_eof(talk);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    int sockfd = connected(argc, argv);

    signal(SIGWINCH, do_nothing); /* stdio knows no EINTR: its writes are restarted (UNP 5.9) */
    set_nonblocking(sockfd);
    cli.print = print;
    cli.at_eof = at_eof;
    str_cli(&cli, sockfd);
    return 0;
}
