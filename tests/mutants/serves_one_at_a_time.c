// mistake: an iterative server: the second client waits until the first has left (UNP 4.8)
// invariant: prompt_service
// fault: control
// seed: 7
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd = accept_client(listenfd);

        str_echo(connfd);
        close(connfd);
    }
}
