// correct: select() with one set to read and one to write, made anew each time (UNP 6.3, 6.7)
#include "../client_mutants/unpcli.h"
#include <sys/select.h>

static int wait_select(struct pollfd *fds, nfds_t n)
{
    fd_set in, out;
    int ready;

    FD_ZERO(&in);
    FD_ZERO(&out);
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].fd >= 0 && fds[i].events & POLLIN)
            FD_SET(fds[i].fd, &in);
        if (fds[i].fd >= 0 && fds[i].events & POLLOUT)
            FD_SET(fds[i].fd, &out);
    }
    if ((ready = select(FD_SETSIZE, &in, &out, NULL, NULL)) < 0) {
        if (errno != EINTR)
            err_sys("select");
        return -1;
    }
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].fd >= 0 && FD_ISSET(fds[i].fd, &in))
            fds[i].revents |= POLLIN;
        if (fds[i].fd >= 0 && FD_ISSET(fds[i].fd, &out))
            fds[i].revents |= POLLOUT;
    }
    return ready;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_select;
    return run_client(argc, argv, &cli);
}
