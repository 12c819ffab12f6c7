// mistake: EINTR of poll() ends the client (UNP 5.9)
// invariant: exact_output
// fault: signals
#include "unpcli.h"

static int wait_once(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, -1);

    if (ready < 0)
        err_sys("poll");
    return ready;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_once;
    return run_client(argc, argv, &cli);
}
