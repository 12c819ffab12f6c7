// correct: SIGTERM sets a flag that is tested before a wait, and is let in by that wait alone (UNP 20.5: pselect)
#include "../mutants/unp.h"

static volatile sig_atomic_t told;

static void stop(int signo)
{
    (void)signo;
    told = 1;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t asleep;

    Signal(SIGTERM, stop);
    Signal(SIGINT, stop);
    Signal(SIGCHLD, sig_chld);
    block_orders(&asleep);
    set_nonblocking(listenfd);
    while (!told) {
        int connfd = accept_unless_told(listenfd, &asleep);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
    }
    return 0;
}
