// mistake: with IP_RECVERR a router's word that the host is unreachable ends the connection (RFC 1122 4.2.3.9)
// invariant: exact_echo
// fault: segments
#include "unp.h"

static void str_echo_told(int connfd)
{
    int on = 1;

    setsockopt(connfd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), str_echo_told);
}
