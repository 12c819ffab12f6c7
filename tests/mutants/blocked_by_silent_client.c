// mistake: the listener peeks at the first byte before it forks: a silent client stops it (UNP 6.8)
// invariant: prompt_service
// fault: control
// seed: 2
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        char first;

        while (recv(connfd, &first, 1, MSG_PEEK) < 0 && errno == EINTR)
            continue;
        start_worker(listenfd, connfd, str_echo);
    }
}
