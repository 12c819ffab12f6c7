// mistake: a short write to the socket is taken for a complete one (UNP 3.9, 16.2)
// invariant: exact_output
// fault: control
#include "unpcli.h"

/* A small send buffer, so that writes are often short. */
static int connect_small(int sockfd, const struct sockaddr_in *server)
{
    int size = 1;

    setsockopt(sockfd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return cli_connect(sockfd, server);
}

static void send_once(struct talk *talk)
{
    size_t before = talk->unsent;

    cli_send(talk);
    if (talk->unsent < before)
        talk->unsent = 0;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.send = send_once;
    cli.connect = connect_small;
    return run_client(argc, argv, &cli);
}
