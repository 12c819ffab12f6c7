// mistake: the worker closes the connection at EOF and then never ends (UNP 5.6)
// invariant: no_stray_workers
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    str_echo(connfd);
    close(connfd);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
