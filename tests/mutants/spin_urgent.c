// mistake: POLLPRI is asked for and only counted: poll() tells of the urgent byte for ever (poll(2))
// invariant: no_spin
// fault: urgent_data
#include "loop.h"

static unsigned long told;

static short interest(const struct client *client)
{
    return loop_interest(client) | POLLPRI;
}

static int wait_and_count(struct pollfd *fds, nfds_t n)
{
    int ready = loop_wait(fds, n);

    for (nfds_t i = 0; i < n; i++) {
        told += (fds[i].revents & POLLPRI) != 0;
        fds[i].revents &= ~POLLPRI;
    }
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    loop.wait = wait_and_count;
    serve_loop(tcp_listen(argc, argv), &loop);
}
