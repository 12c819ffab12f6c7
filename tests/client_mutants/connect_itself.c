// mistake: it tries until connect() succeeds, also where that connects it to itself (RFC 9293, 3.5)
// invariant: no_self_connect
// fault: connecting
#include "unpcli.h"

#define ATTEMPTS 25

/* After a connect() that failed the socket is as new on Linux; POSIX leaves its state open. */
static int connect_again(int sockfd, const struct sockaddr_in *server)
{
    int attempt;

    for (attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (cli_connect(sockfd, server) == 0)
            return 0;
        if (errno != ECONNREFUSED)
            return -1;
        poll(NULL, 0, 20);
    }
    errno = ECONNREFUSED;
    return -1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_again;
    return run_client(argc, argv, &cli);
}
