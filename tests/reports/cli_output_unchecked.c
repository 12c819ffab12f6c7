// report: sdr-enthusiasts/docker-acarshub#501, oils-for-unix/oils#1103
// mistake: that standard output takes no more is not looked at: the echoes are lost, and the exit status is 0
// invariant: reports_output_error
// fault: output_fails
#include "../client_mutants/unpcli.h"

static void show(const char *from, size_t n)
{
    int failed = writen(STDOUT_FILENO, from, n) < 0;

#ifdef FIXED
    if (failed)
        err_sys("standard output");
#else
    (void)failed;
#endif
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.print = show;
    return run_client(argc, argv, &cli);
}
