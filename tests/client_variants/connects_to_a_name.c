// correct: tcp_connect() of the book: getaddrinfo(), and a new socket for each address (UNP 11.12)
#include "../client_mutants/unpcli.h"
#include <netdb.h>

static int connect_to(const struct addrinfo *address)
{
    int sockfd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    int failed;

    if (sockfd < 0)
        return -1;
    failed = connect(sockfd, address->ai_addr, address->ai_addrlen) < 0;
    if (failed && errno == EINTR)
        failed = finish_connect(sockfd) < 0;
    if (!failed)
        return sockfd;
    close(sockfd);
    return -1;
}

static int connect_to_a_name(int argc, char **argv)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found, *one;
    int sockfd = -1, error;

    if (argc != 3)
        err_quit("usage: connects_to_a_name HOST PORT");
    Signal(SIGWINCH, do_nothing);
    Signal(SIGPIPE, SIG_IGN);
    if ((error = getaddrinfo(argv[1], argv[2], &hints, &found)) != 0)
        err_quit(gai_strerror(error));
    for (one = found; one != NULL && sockfd < 0; one = one->ai_next)
        sockfd = connect_to(one);
    if (sockfd < 0)
        err_connect(argv, errno);
    freeaddrinfo(found);
    return sockfd;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    int sockfd = connect_to_a_name(argc, argv);

    set_nonblocking(sockfd);
    str_cli(&cli, sockfd);
    return 0;
}
