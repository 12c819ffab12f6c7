// report: linux-can/can-utils#628, 1bit-MONSTER/1bit-MONSTER#1292
// mistake: SIGTERM clears a flag, and the loop around accept() tries again after EINTR without looking at it
// invariant: clean_stop
// fault: stops
#include "../mutants/unp.h"

static volatile sig_atomic_t running = 1;

static void stop(int signo)
{
    (void)signo;
    running = 0;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    Signal(SIGTERM, stop);
    Signal(SIGINT, stop);
#ifdef FIXED
    sigset_t asleep;

    block_orders(&asleep);
    set_nonblocking(listenfd);
    while (running) {
        int connfd = accept_unless_told(listenfd, &asleep);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
    }
#else
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
#endif
    return 0;
}
