// mistake: with IP_RECVERR a router's word that the host is unreachable ends the client (RFC 1122 4.2.3.9)
// invariant: exact_output
// fault: segments
#include "unpcli.h"

static int connect_told(int sockfd, const struct sockaddr_in *server)
{
    int on = 1;

    setsockopt(sockfd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
    return cli_connect(sockfd, server);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_told;
    return run_client(argc, argv, &cli);
}
