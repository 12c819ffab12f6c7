// mistake: blocks in write() while the server blocks in its own, until one reads (UNP 16.2)
// invariant: exact_output
// fault: control
#include "unpcli.h"

/* Small buffers, so that a few megabytes are enough. */
static int connect_small(int sockfd, const struct sockaddr_in *server)
{
    int size = 1;

    setsockopt(sockfd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    setsockopt(sockfd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    return cli_connect(sockfd, server);
}

static void take_input(struct talk *talk)
{
    struct pollfd fd = {.fd = talk->sockfd, .events = POLLOUT};

    cli_take_input(talk);
    while (talk->unsent) {
        talk->cli->send(talk);
        poll(&fd, 1, -1);
    }
}

/* A line at a time: less than is sent at a time. */
static void receive(struct talk *talk)
{
    char line[128];
    ssize_t n = read(talk->sockfd, line, sizeof(line));

    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(line, (size_t)n);
    } else if (n == 0) {
        talk->cli->at_eof(talk);
    } else if (!passing(errno)) {
        talk->cli->broken(errno);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_input;
    cli.receive = receive;
    cli.connect = connect_small;
    return run_client(argc, argv, &cli);
}
