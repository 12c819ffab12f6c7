// correct: connect() on a socket that does not block, EINPROGRESS, poll() and SO_ERROR (UNP 16.3)
#include "../client_mutants/unpcli.h"

static int connect_later(int sockfd, const struct sockaddr_in *server)
{
    set_nonblocking(sockfd);
    if (start_connect(sockfd, server) == 0)
        return 0;
    return errno == EINPROGRESS || errno == EINTR ? finish_connect(sockfd) : -1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_later;
    return run_client(argc, argv, &cli);
}
