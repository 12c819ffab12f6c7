// mistake: no SO_REUSEADDR: bind() fails while the last clients are in TIME_WAIT (UNP 7.5)
// invariant: clean_restart
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int listenfd = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 2)
        return 2;
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listenfd, (struct sockaddr *)&address, sizeof(address)) < 0)
        err_sys("bind");
    if (listen(listenfd, LISTENQ) < 0)
        err_sys("listen");
    serve_forking(listenfd, str_echo);
}
