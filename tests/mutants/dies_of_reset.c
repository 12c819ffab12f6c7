// mistake: ECONNRESET of one client's read() ends the event loop of all (UNP 5.13, 5.11)
// invariant: listener_survives
// fault: aborted_connections
#include "loop.h"

static int fill(struct client *client)
{
    int result = loop_fill(client);

    if (result < 0 && errno == ECONNRESET)
        err_sys("read error");
    return result;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
