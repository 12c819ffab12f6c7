// correct: the urgent byte is taken with MSG_OOB as soon as it is told, and echoed there (UNP 24.2)
#include "../mutants/loop.h"

static short interest(const struct client *client)
{
    short events = loop_interest(client);

    return client->len < client->size ? events | POLLPRI : events;
}

static int fill(struct client *client)
{
    if (recv(client->fd, client->buf + client->len, 1, MSG_OOB) == 1)
        client->len++;
    return client->len < client->size ? loop_fill(client) : 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.interest = interest;
    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
