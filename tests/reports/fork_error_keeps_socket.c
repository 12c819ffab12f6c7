// report: vzaliva/simpleproxy#3
// mistake: where fork() fails the accepted socket is left open: its client waits for ever
// invariant: no_fd_leak
// fault: fork_errors
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        pid_t pid = fork();

        if (pid < 0) {
            perror("fork");
#ifdef FIXED
            close(connfd);
#endif
            continue;
        }
        if (pid == 0) {
            close(listenfd);
            str_echo(connfd);
            _exit(0);
        }
        close(connfd);
    }
}
