// mistake: it waits for each child until it has one; with SIGCHLD ignored there is none, and it computes (wait(2))
// invariant: no_spin
// fault: inherited
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    for (;;) {
        int connfd = accept_client(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            if (fork() == 0) {
                close(listenfd);
                str_echo(connfd);
            }
            exit(0);
        }
        close(connfd);
        while (pid > 0 && waitpid(pid, NULL, 0) != pid)
            continue;
    }
}
