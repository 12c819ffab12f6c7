// correct: asks a silent client after ten minutes whether its host is there, and gives up after a minute (tcp(7))
#include "../mutants/unp.h"
#include <netinet/tcp.h>

static void str_echo_asking(int connfd)
{
    int on = 1, idle = 600;
    unsigned int milliseconds = 60000;

    setsockopt(connfd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(connfd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(connfd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), str_echo_asking);
}
