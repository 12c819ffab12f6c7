// mistake: a full send buffer (EAGAIN) is taken for a lost connection (UNP 16.2)
// invariant: exact_output
// fault: control
#include "unpcli.h"

/* A small send buffer, so that it is often full. */
static int connect_small(int sockfd, const struct sockaddr_in *server)
{
    int size = 1;

    setsockopt(sockfd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return cli_connect(sockfd, server);
}

static void send_or_die(struct talk *talk)
{
    int error = 0;

    while (talk->unsent && !error) {
        ssize_t n = write(talk->sockfd, talk->chunk + talk->at, talk->unsent);

        if (n >= 0)
            consume(talk, (size_t)n);
        else if (errno != EINTR)
            error = errno;
    }
    if (error) {
        print_what_is_left(talk);
        talk->cli->broken(error);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_small;
    cli.send = send_or_die;
    return run_client(argc, argv, &cli);
}
