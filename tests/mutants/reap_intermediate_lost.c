// mistake: double fork to be rid of the workers, but the first child is never waited for (UNP 5.7)
// invariant: no_zombies
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    for (;;) {
        int connfd = accept_client(listenfd);

        if (fork() == 0) {
            start_worker(listenfd, connfd, str_echo);
            exit(0);
        }
        close(connfd);
    }
}
