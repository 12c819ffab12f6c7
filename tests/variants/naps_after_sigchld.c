// correct: when a child's end interrupts it, it naps before it looks again, as inetd does (sleep(3))
#include "../mutants/unp.h"
#include <time.h>

static void nap(void)
{
    struct timespec rest = {.tv_nsec = 20000000};

    while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
        continue;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (errno == EINTR)
            nap();
        else if (!passing(errno))
            err_sys("accept");
    }
}
