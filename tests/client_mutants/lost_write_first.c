// mistake: it writes before it reads, and leaves any error but a reset to the read: that returns 0 then (UNP 5.14)
// invariant: reports_unreachable
// fault: closed_window
#include "unpcli.h"

static void send_some(struct talk *talk)
{
    ssize_t n = write(talk->sockfd, talk->chunk + talk->at, talk->unsent);

    if (n >= 0)
        consume(talk, (size_t)n);
    else if (errno == ECONNRESET || errno == EPIPE)
        talk->cli->broken(errno);
}

static void write_first(struct talk *talk, const struct pollfd *fds)
{
    if (fds[0].revents & POLLOUT && talk->unsent)
        talk->cli->send(talk);
    if (fds[0].revents & READABLE)
        talk->cli->receive(talk);
    if (fds[1].revents)
        talk->cli->take_input(talk);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.turn = write_first;
    cli.send = send_some;
    return run_client(argc, argv, &cli);
}
