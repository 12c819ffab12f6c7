// report: vimus/libmpd-haskell#136, fpco/streaming-commons#31, rofl0r/microsocks#72
// mistake: of the addresses that a lookup returns the first is tried, and the others are not
// invariant: tries_each_address
// fault: connecting
#include <netdb.h>

#include "../client_mutants/unpcli.h"

static int attempt(const struct addrinfo *address)
{
    int sockfd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);

    if (sockfd >= 0 && connect(sockfd, address->ai_addr, address->ai_addrlen) < 0
        && (errno != EINTR || finish_connect(sockfd) < 0)) {
        close(sockfd);
        return -1;
    }
    return sockfd;
}

static int connect_by_name(char **argv)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *one;
    int sockfd = -1;

    if (getaddrinfo(argv[1], argv[2], &hints, &one) != 0)
        err_quit("no such host");
#ifdef FIXED
    for (; one != NULL && sockfd < 0; one = one->ai_next)
#endif
        sockfd = attempt(one);
    if (sockfd < 0)
        err_connect(argv, errno);
    return sockfd;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    int sockfd;

    if (argc != 3)
        err_quit("usage: cli_first_address HOST PORT");
    Signal(SIGWINCH, do_nothing);
    Signal(SIGPIPE, SIG_IGN);
    sockfd = connect_by_name(argv);
    set_nonblocking(sockfd);
    str_cli(&cli, sockfd);
    return 0;
}
