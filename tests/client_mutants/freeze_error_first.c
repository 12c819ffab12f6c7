// mistake: SO_ERROR is asked for at POLLERR, before the echoes are read (UNP 16.2)
// invariant: exact_output
// fault: peer_reset
#include "unpcli.h"

static void turn(struct talk *talk, const struct pollfd *fds)
{
    socklen_t size = sizeof(int);
    int error = 0;

    if (fds[0].revents & POLLERR)
        getsockopt(talk->sockfd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error)
        talk->cli->broken(error);
    cli_turn(talk, fds);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.turn = turn;
    return run_client(argc, argv, &cli);
}
