// mistake: when fork() fails the listener keeps the connection (UNP 4.8, fork(2))
// invariant: clean_eof
// fault: fork_errors
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        pid_t pid = fork();

        if (pid < 0)
            continue;
        if (pid == 0) {
            close(listenfd);
            str_echo(connfd);
            _exit(0);
        }
        close(connfd);
    }
}
