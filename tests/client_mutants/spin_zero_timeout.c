// mistake: a time-out of 0 is given to poll(), which means not to wait (UNP 6.10)
// invariant: no_spin
// fault: control
#include "unpcli.h"

static int wait_zero(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, 0);

    if (ready < 0 && errno != EINTR)
        err_sys("poll");
    return ready;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_zero;
    return run_client(argc, argv, &cli);
}
