// report: dmtcp/dmtcp#1205, netty/netty#4317, netty/netty#3729
// mistake: EPOLLRDHUP is looked at before EPOLLIN: who sends and leaves at once is closed with the data unread
// invariant: clean_eof
// fault: eof_races
#include "../mutants/loop.h"

static int fill(struct client *client)
{
#ifndef FIXED
    struct pollfd state = {.fd = client->fd, .events = POLLIN | POLLRDHUP};

    if (poll(&state, 1, 0) > 0 && state.revents & POLLRDHUP) {
        client->eof = 1;
        return 0;
    }
#endif
    return loop_fill(client);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
