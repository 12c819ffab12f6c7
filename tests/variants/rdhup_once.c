// correct: POLLRDHUP is asked for until it has been told once, then no more (poll(2))
#include "../mutants/loop.h"

static char told[MAXCLIENTS + 64];

static int admit(int listenfd)
{
    int connfd = loop_admit(listenfd);

    if (connfd >= 0)
        told[connfd] = 0;
    return connfd;
}

static short interest(const struct client *client)
{
    return told[client->fd] ? loop_interest(client) : loop_interest(client) | POLLRDHUP;
}

static int wait_and_note(struct pollfd *fds, nfds_t n)
{
    int ready = loop_wait(fds, n);

    for (nfds_t i = 1; i < n; i++)
        if (fds[i].revents & POLLRDHUP)
            told[fds[i].fd] = 1;
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    loop.interest = interest;
    loop.wait = wait_and_note;
    serve_loop(tcp_listen(argc, argv), &loop);
}
