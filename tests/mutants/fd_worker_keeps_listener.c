// mistake: workers keep the listening socket: the port stays taken while one lives (UNP 4.8)
// invariant: clean_restart
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);

        if (fork() == 0) {
            str_echo(connfd);
            exit(0);
        }
        close(connfd);
    }
}
