// report: tarantool/tarantool#204, nodejs/node#2927, zeromq/libzmq#4588
// mistake: it connects until there is a server, and one day to itself: the port is an ephemeral one
// invariant: no_self_connect
// fault: connecting
#include "../client_mutants/unpcli.h"

#define ATTEMPTS 25
#define PAUSE 20

#ifdef FIXED
static int is_itself(int sockfd, const struct sockaddr_in *server)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t size = sizeof(own);

    getsockname(sockfd, (struct sockaddr *)&own, &size);
    return own.sin_port == server->sin_port && own.sin_addr.s_addr == server->sin_addr.s_addr;
}
#endif

static int connect_in_the_end(int sockfd, const struct sockaddr_in *server)
{
    int attempt;

    for (attempt = 0; attempt < ATTEMPTS; attempt++) {
        int connected = cli_connect(sockfd, server) == 0;

#ifdef FIXED
        if (connected && is_itself(sockfd, server)) {
            errno = ECONNREFUSED;
            return -1;
        }
#endif
        if (connected || errno != ECONNREFUSED)
            return connected ? 0 : -1;
        poll(NULL, 0, PAUSE);
    }
    errno = ECONNREFUSED;
    return -1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_in_the_end;
    return run_client(argc, argv, &cli);
}
