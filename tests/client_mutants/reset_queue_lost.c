// mistake: after a failed write the echoes that still lie in the receive queue are not printed
// invariant: exact_output
// fault: peer_reset
#include "unpcli.h"

static void send_or_die(struct talk *talk)
{
    ssize_t n = write(talk->sockfd, talk->chunk + talk->at, talk->unsent);

    if (n >= 0)
        consume(talk, (size_t)n);
    else if (!passing(errno))
        talk->cli->broken(errno);
}

/* What was typed is sent at once, before the socket is read. */
static void turn(struct talk *talk, const struct pollfd *fds)
{
    if (fds[1].revents)
        talk->cli->take_input(talk);
    if (talk->unsent)
        talk->cli->send(talk);
    if (fds[0].revents & READABLE)
        talk->cli->receive(talk);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.send = send_or_die;
    cli.turn = turn;
    return run_client(argc, argv, &cli);
}
