// mistake: SIGPIPE is left at its default, and it writes before it has read that all is over (UNP 5.13)
// invariant: dies_loudly
// fault: peer_reset
#include "unpcli.h"

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
    int sockfd = connected(argc, argv);

    Signal(SIGPIPE, SIG_DFL);
    set_nonblocking(sockfd);
    cli.turn = turn;
    str_cli(&cli, sockfd);
    return 0;
}
