// report: devnull-cz/unix-linux-prog-in-c#36, Kitura/Kitura#965
// mistake: SIGPIPE ends the client that writes to a server which has gone, without a word
// invariant: dies_loudly
// fault: peer_reset
#include "../client_mutants/unpcli.h"

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

#ifndef FIXED
    Signal(SIGPIPE, SIG_DFL);
#endif
    set_nonblocking(sockfd);
    cli.turn = turn;
    str_cli(&cli, sockfd);
    return 0;
}
