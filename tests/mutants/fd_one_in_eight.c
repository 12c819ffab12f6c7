// mistake: the listener keeps every eighth connected socket, the one it counts at (UNP 4.8)
// invariant: no_fd_leak
// fault: mixed
// seed: 4
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    unsigned served = 0;

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);

        if (fork() == 0) {
            close(listenfd);
            str_echo(connfd);
            exit(0);
        }
        if (++served % 8 == 0) {
            fprintf(stderr, "%u clients so far\n", served);
            continue;
        }
        close(connfd);
    }
}
