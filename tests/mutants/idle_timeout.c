// mistake: SO_RCVTIMEO of one second: a silent live client is cut off (RFC 862 has no limit)
// invariant: exact_echo
// fault: mixed
#include "unp.h"
#include <sys/time.h>

static void echo(int connfd)
{
    struct timeval second = {.tv_sec = 1};

    setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
