// mistake: EINTR of an accept() with SO_RCVTIMEO, after stop and continue, is fatal (signal(7))
// invariant: listener_survives
// fault: freeze
#include "unp.h"
#include <sys/time.h>

/* An accepted socket inherits the listener's time-out. */
static void echo_without_timeout(int connfd)
{
    struct timeval never = {0};

    setsockopt(connfd, SOL_SOCKET, SO_RCVTIMEO, &never, sizeof(never));
    str_echo(connfd);
}

/* Reaps whenever accept() has waited for 200 ms: no handler, so it expects no EINTR. */
int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct timeval tick = {.tv_usec = 200000};

    setsockopt(listenfd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, echo_without_timeout);
        else if (errno == EINTR || !passing(errno))
            err_sys("accept error");
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
}
