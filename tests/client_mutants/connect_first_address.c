// mistake: gethostbyname() and h_addr: of the addresses of a name the first is tried alone (UNP 11.3)
// invariant: tries_each_address
// fault: connecting
#include "unpcli.h"
#include <netdb.h>

static int connect_to_h_addr(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    struct hostent *host;
    int sockfd = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 3 || sockfd < 0)
        err_quit("usage: connect_first_address HOST PORT");
    Signal(SIGWINCH, do_nothing);
    Signal(SIGPIPE, SIG_IGN);
    if ((host = gethostbyname(argv[1])) == NULL)
        err_quit("str_cli: HOST is not known");
    memcpy(&server.sin_addr, host->h_addr_list[0], sizeof(server.sin_addr));
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    if (cli_connect(sockfd, &server) < 0)
        err_connect(argv, errno);
    return sockfd;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    int sockfd = connect_to_h_addr(argc, argv);

    set_nonblocking(sockfd);
    str_cli(&cli, sockfd);
    return 0;
}
