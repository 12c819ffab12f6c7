// report: ionelmc/python-manhole#46, python/cpython#75027
// mistake: the loop waits for urgent data and never takes it: it is told of the byte again and again, and computes
// invariant: no_spin
// fault: urgent_data
#include "../mutants/loop.h"

static short interest(const struct client *client)
{
    return loop_interest(client) | POLLPRI;
}

static int wait_for_urgent_data_too(struct pollfd *fds, nfds_t n)
{
    int ready = loop_wait(fds, n);

    for (nfds_t i = 0; ready > 0 && i < n; i++) {
        if (!(fds[i].revents & POLLPRI))
            continue;
#ifdef FIXED
        char urgent;

        recv(fds[i].fd, &urgent, 1, MSG_OOB);
#endif
        fds[i].revents &= ~POLLPRI;
    }
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    loop.wait = wait_for_urgent_data_too;
    serve_loop(tcp_listen(argc, argv), &loop);
}
