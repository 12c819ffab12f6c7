// mistake: the client served last is served again for as long as it has something, and no other (UNP 6.8)
// invariant: prompt_service
// fault: flooding_client
#define ROOM 4096
#include "loop.h"

static int last = -1;

/* Its data is still in the cache. */
static int wait_for(struct pollfd *fds, nfds_t n)
{
    int ready = loop_wait(fds, n);
    nfds_t chosen = 0;

    for (nfds_t i = 1; ready > 0 && i < n; i++)
        if (fds[i].revents && (chosen == 0 || fds[i].fd == last))
            chosen = i;
    for (nfds_t i = 1; chosen > 0 && i < n; i++)
        if (i != chosen)
            fds[i].revents = 0;
    if (chosen > 0)
        last = fds[chosen].fd;
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.wait = wait_for;
    serve_loop(tcp_listen(argc, argv), &loop);
}
