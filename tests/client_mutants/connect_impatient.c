// mistake: connect() is given half a second, but a SYN is sent again only after a whole one (RFC 6298)
// invariant: exact_output
// fault: connecting
#include "unpcli.h"

static int connect_impatient(int sockfd, const struct sockaddr_in *server)
{
    struct timeval limit = {.tv_usec = 500000}, none = {0};
    int result;

    setsockopt(sockfd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    result = cli_connect(sockfd, server);
    setsockopt(sockfd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none));
    return result;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_impatient;
    return run_client(argc, argv, &cli);
}
