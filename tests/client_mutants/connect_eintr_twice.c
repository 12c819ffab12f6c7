// mistake: a second signal, while it waits for the interrupted connect(), is fatal (UNP 5.9)
// invariant: connect_survives_signal
// fault: signals
#include "unpcli.h"

static int connect_once_more(int sockfd, const struct sockaddr_in *server)
{
    struct pollfd fd = {.fd = sockfd, .events = POLLOUT};

    if (start_connect(sockfd, server) == 0)
        return 0;
    if (errno != EINTR || poll(&fd, 1, -1) < 0)
        return -1;
    return finish_connect(sockfd);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_once_more;
    return run_client(argc, argv, &cli);
}
