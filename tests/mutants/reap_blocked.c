// mistake: SIGCHLD stays blocked but for a moment after each accept (UNP 5.8, sigprocmask(2))
// invariant: no_zombies
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t child;

    Signal(SIGCHLD, sig_chld);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        sigprocmask(SIG_BLOCK, &child, NULL);
        int connfd = accept_client(listenfd);

        sigprocmask(SIG_UNBLOCK, &child, NULL);
        start_worker(listenfd, connfd, str_echo);
    }
}
