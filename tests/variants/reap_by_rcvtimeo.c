// correct: accept() gives up every 20 ms, with SO_RCVTIMEO, and then it reaps (socket(7))
#include "../mutants/unp.h"
#include <sys/time.h>

/* An accepted socket inherits the listener's time-out. */
static void echo_without_timeout(int connfd)
{
    struct timeval never = {0};

    setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &never, sizeof(never));
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct timeval tick = {.tv_usec = 20000};

    setsockopt(listenfd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, echo_without_timeout);
        else if (!passing(errno))
            err_sys("accept");
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
}
