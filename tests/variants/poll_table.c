// correct: poll() is always given the whole table of clients, as with OPEN_MAX, mostly -1 (UNP 6.11)
#include "../mutants/loop.h"

#define TABLE 256

static struct client *clients[TABLE];

static int free_place(void)
{
    for (int i = 1; i < TABLE; i++)
        if (clients[i] == NULL)
            return i;
    return 0;
}

/* A negative descriptor is ignored; with all places taken, further clients wait in the backlog. */
static void prepare(struct pollfd *fds, int listenfd)
{
    fds[0] = (struct pollfd){.fd = free_place() ? listenfd : -1, .events = POLLIN};
    for (int i = 1; i < TABLE; i++)
        fds[i] = clients[i] == NULL ? (struct pollfd){.fd = -1}
                                    : (struct pollfd){clients[i]->fd, loop_interest(clients[i]), 0};
}

int main(int argc, char **argv)
{
    static struct pollfd fds[TABLE];
    int listenfd = tcp_listen(argc, argv);
    const struct loop loop = LOOP;

    set_nonblocking(listenfd);
    for (;;) {
        prepare(fds, listenfd);
        if (loop_wait(fds, TABLE) < 0)
            continue;
        for (int i = 1; i < TABLE; i++)
            if (fds[i].revents && !loop_serve(&loop, clients[i]))
                clients[i] = NULL;
        if (fds[0].revents) {
            int connfd = loop_admit(listenfd);

            if (connfd >= 0)
                clients[free_place()] = loop_client(connfd);
        }
    }
}
