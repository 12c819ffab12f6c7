// mistake: a connect() that cannot reach its host is made again without end and without a word (UNP 4.3)
// invariant: exit_status
// fault: unreachable
#include "unpcli.h"

static int connect_stubborn(int sockfd, const struct sockaddr_in *server)
{
    while (cli_connect(sockfd, server) < 0) {
        if (errno == ECONNREFUSED)
            return -1;
        poll(NULL, 0, 100);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_stubborn;
    return run_client(argc, argv, &cli);
}
