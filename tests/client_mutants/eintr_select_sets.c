// mistake: after EINTR of select() the sets, which then mean nothing, are used all the same (select(2))
// invariant: exact_output
// fault: signals
#include "unpcli.h"
#include <sys/select.h>

static int wait_select(struct pollfd *fds, nfds_t n)
{
    fd_set in, out;

    FD_ZERO(&in);
    FD_ZERO(&out);
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].fd >= 0 && fds[i].events & POLLIN)
            FD_SET(fds[i].fd, &in);
        if (fds[i].fd >= 0 && fds[i].events & POLLOUT)
            FD_SET(fds[i].fd, &out);
    }
    select(FD_SETSIZE, &in, &out, NULL, NULL);
    for (nfds_t i = 0; i < n; i++) {
        fds[i].revents = fds[i].fd >= 0 && FD_ISSET(fds[i].fd, &in) ? POLLIN : 0;
        fds[i].revents |= fds[i].fd >= 0 && FD_ISSET(fds[i].fd, &out) ? POLLOUT : 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_select;
    return run_client(argc, argv, &cli);
}
