// correct: silent clients are kept back by TCP_DEFER_ACCEPT, and a child waits for those that stay silent (tcp(7))
#include "../mutants/unp.h"
#include <netinet/tcp.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), seconds = 1;

    setsockopt(listenfd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof(seconds));
    serve_forking(listenfd, str_echo);
}
