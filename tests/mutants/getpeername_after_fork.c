// mistake: the listener asks for the name of a client that has gone since accept, and dies (UNP 5.11)
// invariant: listener_survives
// fault: held_calls
#include "unp.h"

/* Right after accept() a client that has gone is expected; after fork() it is not. */
int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        struct sockaddr_in name;
        socklen_t length = sizeof(name);
        int connfd = accept_client(listenfd);
        pid_t pid;

        if (getpeername(connfd, (struct sockaddr *)&name, &length) < 0) {
            close(connfd);
            continue;
        }
        pid = fork();
        if (pid == 0) {
            close(listenfd);
            str_echo(connfd);
            _exit(0);
        }
        if (getpeername(connfd, (struct sockaddr *)&name, &length) < 0)
            err_sys("getpeername");
        close(connfd);
    }
}
