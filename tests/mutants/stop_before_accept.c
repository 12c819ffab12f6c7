// mistake: SIGTERM sets a flag that is tested before accept(): one that comes in between is slept through (UNP 20.5)
// invariant: clean_stop
// fault: stops
#include "unp.h"

static volatile sig_atomic_t told;

static void stop(int signo)
{
    (void)signo;
    told = 1;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGTERM, stop);
    Signal(SIGINT, stop);
    Signal(SIGCHLD, sig_chld);
    while (!told) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
    return 0;
}
