// mistake: a connection that has timed out leaves the loop, and its descriptor stays open (UNP 5.14)
// invariant: no_fd_leak
// fault: host_crash
#include "loop.h"

static int timed_out;

static int fill_and_note(struct client *client)
{
    int result = loop_fill(client);

    timed_out = result < 0 && errno == ETIMEDOUT;
    return result;
}

static void leave_unless_timed_out(struct client *client, int broken)
{
    if (!broken || !timed_out)
        close(client->fd);
    free(client->buf);
    free(client);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill_and_note;
    loop.leave = leave_unless_timed_out;
    serve_loop(tcp_listen(argc, argv), &loop);
}
