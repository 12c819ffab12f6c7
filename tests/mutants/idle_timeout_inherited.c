// mistake: accepted sockets inherit the listener's SO_RCVTIMEO of 0.2 s and are cut off (socket(7))
// invariant: exact_echo
// fault: mixed
#include "unp.h"
#include <sys/time.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct timeval tick = {.tv_usec = 200000};

    setsockopt(listenfd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
}
