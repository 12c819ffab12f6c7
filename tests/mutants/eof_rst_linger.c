// mistake: SO_LINGER of zero seconds: close() sends a RST where a FIN is due (UNP 7.5)
// invariant: clean_eof
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(connfd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
