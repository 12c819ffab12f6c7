// mistake: the value of SO_ERROR is fetched and not looked at, so a refusal is gone (UNP 16.4)
// invariant: connect_survives_signal
// fault: signals
#include "unpcli.h"

static int connect_careless(int sockfd, const struct sockaddr_in *server)
{
    struct pollfd fd = {.fd = sockfd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int error = 0;

    if (start_connect(sockfd, server) == 0)
        return 0;
    if (errno != EINTR)
        return -1;
    while (poll(&fd, 1, -1) < 0 && errno == EINTR)
        continue;
    return getsockopt(sockfd, SOL_SOCKET, SO_ERROR, &error, &size);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_careless;
    return run_client(argc, argv, &cli);
}
