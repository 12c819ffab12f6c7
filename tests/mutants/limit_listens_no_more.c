// mistake: full, it takes its listening socket out of the loop, and never puts it back (UNP 6.8)
// invariant: listener_survives
// fault: many_clients
#include "loop.h"

static int full;

static int wait_unless_full(struct pollfd *fds, nfds_t n)
{
    if (n > 500)
        full = 1;
    if (full)
        fds[0].events = 0;
    return loop_wait(fds, n);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.limit = 500;
    loop.wait = wait_unless_full;
    serve_loop(tcp_listen(argc, argv), &loop);
}
