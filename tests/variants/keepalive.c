// correct: asks a silent client with SO_KEEPALIVE whether its host is there, with the system's times (UNP 7.5)
#include "../mutants/unp.h"

static void str_echo_asking(int connfd)
{
    int on = 1;

    setsockopt(connfd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), str_echo_asking);
}
