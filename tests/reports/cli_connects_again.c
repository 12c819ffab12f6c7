// report: march-language/march#320, zeromq/zeromq3-x#20, OpenDataPlane/odp#554
// mistake: an interrupted connect() is called again: the first goes on in the kernel, and EALREADY or EISCONN is fatal
// invariant: connect_survives_signal
// fault: signals
// missed: Linux lets a blocking connect() be called again: it waits on, or returns 0 where the connection is there by then
#include "../client_mutants/unpcli.h"

static int connect_until_done(int sockfd, const struct sockaddr_in *server)
{
    int result;

    do
        result = start_connect(sockfd, server);
    while (result < 0 && errno == EINTR);
#ifdef FIXED
    if (result < 0 && (errno == EALREADY || errno == EISCONN))
        return finish_connect(sockfd);
#endif
    return result;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.connect = connect_until_done;
    return run_client(argc, argv, &cli);
}
