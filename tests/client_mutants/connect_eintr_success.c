// mistake: EINTR of connect() is taken for success, and the peer is asked for too early (UNP 5.9)
// invariant: connect_survives_signal
// fault: signals
#include "unpcli.h"

static int connect_hopeful(int sockfd, const struct sockaddr_in *server)
{
    struct sockaddr_in peer;
    socklen_t size = sizeof(peer);

    if (start_connect(sockfd, server) < 0 && errno != EINTR)
        return -1;
    return getpeername(sockfd, (struct sockaddr *)&peer, &size);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_hopeful;
    return run_client(argc, argv, &cli);
}
