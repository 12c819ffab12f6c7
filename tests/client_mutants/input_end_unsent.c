// mistake: half-closes as soon as input has ended, with a part of it still unsent (UNP 6.6, 16.2)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

/* A small send buffer, so that a part is often unsent. */
static int connect_small(int sockfd, const struct sockaddr_in *server)
{
    int size = 1;

    setsockopt(sockfd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return cli_connect(sockfd, server);
}

/* Room for more is made while some is unsent. */
static void interest(const struct talk *talk, struct pollfd *fds)
{
    cli_interest(talk, fds);
    if (!talk->input_ended && talk->unsent < CHUNK / 2)
        fds[1].fd = STDIN_FILENO;
}

static void take_input(struct talk *talk)
{
    ssize_t n;

    memmove(talk->chunk, talk->chunk + talk->at, talk->unsent);
    talk->at = 0;
    n = read(STDIN_FILENO, talk->chunk + talk->unsent, CHUNK - talk->unsent);
    if (n > 0) {
        talk->unsent += (size_t)n;
        talk->owed += n;
    } else if (n == 0) {
        talk->owed -= (long)talk->unsent;
        talk->unsent = 0;
        talk->cli->end_input(talk);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.interest = interest;
    cli.take_input = take_input;
    cli.connect = connect_small;
    return run_client(argc, argv, &cli);
}
