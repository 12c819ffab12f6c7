// mistake: the socket is looked at only after a line: each echo waits for one (UNP 5.12)
// invariant: exact_output
// fault: control
#include "unpcli.h"

/* Waits for the input while it is wanted, then looks at both. */
static int wait_input(struct pollfd *fds, nfds_t n)
{
    if (fds[1].fd < 0)
        return cli_wait(fds, n);
    if (cli_wait(fds + 1, n - 1) < 0)
        return -1;
    return poll(fds, n, 0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_input;
    return run_client(argc, argv, &cli);
}
