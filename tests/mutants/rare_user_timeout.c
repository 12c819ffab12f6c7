// mistake: TCP_USER_TIMEOUT of 10 ms: a network that is cut for a moment ends the connection (RFC 5482)
// invariant: exact_echo
// fault: cut_wire
#include "unp.h"
#include <netinet/tcp.h>

static void str_echo_impatient(int connfd)
{
    unsigned int milliseconds = 10;

    setsockopt(connfd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), str_echo_impatient);
}
