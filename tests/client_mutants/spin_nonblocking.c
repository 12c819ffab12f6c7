// mistake: everything is tried all the time, without poll() (UNP 6.2, 16.2)
// invariant: no_spin
// fault: control
#include "unpcli.h"

static int wait_not(struct pollfd *fds, nfds_t n)
{
    set_nonblocking(STDIN_FILENO);
    for (nfds_t i = 0; i < n; i++)
        fds[i].revents = fds[i].fd < 0 ? 0 : fds[i].events;
    return (int)n;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_not;
    return run_client(argc, argv, &cli);
}
