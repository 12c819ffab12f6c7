// mistake: each thread opens its log and never closes it (open(2))
// invariant: no_fd_leak
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    int log = open("/dev/null", O_WRONLY | O_APPEND);

    if (log >= 0)
        dprintf(log, "client on %d\n", connfd);
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
