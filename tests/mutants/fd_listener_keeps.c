// mistake: the listener keeps every connected socket open: no client sees EOF (UNP 4.8)
// invariant: no_fd_leak
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);

        if (fork() == 0) {
            close(listenfd);
            str_echo(connfd);
            exit(0);
        }
    }
}
