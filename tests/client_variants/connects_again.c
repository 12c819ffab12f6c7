// correct: it waits for a server, and closes a connection whose two ends are the same (RFC 9293, 3.5)
#include "../client_mutants/unpcli.h"

#define ATTEMPTS 25

static int is_itself(int sockfd, const struct sockaddr_in *server)
{
    struct sockaddr_in ours;
    socklen_t size = sizeof(ours);

    return getsockname(sockfd, (struct sockaddr *)&ours, &size) == 0
        && ours.sin_port == server->sin_port && ours.sin_addr.s_addr == server->sin_addr.s_addr;
}

/* A new socket in the place of the old one, whose port is in TIME_WAIT now. */
static void renew(int sockfd)
{
    int fresh = socket(AF_INET, SOCK_STREAM, 0);

    if (fresh < 0 || dup2(fresh, sockfd) < 0)
        err_sys("socket");
    close(fresh);
}

static int connect_to_another(int sockfd, const struct sockaddr_in *server)
{
    int attempt;

    for (attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (cli_connect(sockfd, server) == 0 && !is_itself(sockfd, server))
            return 0;
        renew(sockfd);
        poll(NULL, 0, 20);
    }
    errno = ECONNREFUSED;
    return -1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_to_another;
    return run_client(argc, argv, &cli);
}
