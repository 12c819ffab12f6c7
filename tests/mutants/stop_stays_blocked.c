// mistake: SIGTERM is blocked before fork() and let in again only where that fails: it stays pending (sigprocmask(2))
// invariant: clean_stop
// fault: stops
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t stopping;

    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);

        sigprocmask(SIG_BLOCK, &stopping, NULL);
        if (start_worker(listenfd, connfd, str_echo) < 0)
            sigprocmask(SIG_UNBLOCK, &stopping, NULL);
    }
}
