// report: nmap/nmap#143
// mistake: commands are read from descriptor 0, which is the listening socket where standard input was closed
// invariant: no_spin
// fault: inherited
#ifndef FIXED
#define STREAMS_MAY_BE_CLOSED
#endif
#include "../mutants/loop.h"

static int console = 1;

/* Whoever is ready on descriptor 0 is taken for the operator. */
static int wait_beside_console(struct pollfd *fds, nfds_t n)
{
    static struct pollfd all[MAXCLIENTS + 2];
    char command[100];
    int ready;

    memcpy(all, fds, n * sizeof(*fds));
    all[n] = (struct pollfd){.fd = console ? STDIN_FILENO : -1, .events = POLLIN};
    if ((ready = loop_wait(all, n + 1)) < 0)
        return ready;
    memcpy(fds, all, n * sizeof(*fds));
    if (console && all[n].revents) {
        if (read(STDIN_FILENO, command, sizeof(command)) == 0)
            console = 0;
        for (nfds_t i = 0; i < n; i++)
            if (fds[i].fd == STDIN_FILENO)
                fds[i].revents = 0;
    }
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.wait = wait_beside_console;
    serve_loop(tcp_listen(argc, argv), &loop);
}
