// mistake: each line is answered before anything else is looked at, the socket never by itself (UNP 5.12)
// invariant: notices_eof
// fault: peer_reset
#include "unpcli.h"

/* Waits for the input when it is wanted, then looks at both. */
static int wait_input(struct pollfd *fds, nfds_t n)
{
    if (fds[1].fd >= 0 && cli_wait(fds + 1, n - 1) < 0)
        return -1;
    fds[1].revents = 0;
    return fds[1].fd >= 0 ? poll(fds, n, 0) : cli_wait(fds, n);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_input;
    return run_client(argc, argv, &cli);
}
