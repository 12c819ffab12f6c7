// mistake: SIGCHLD sets a flag that is tested before poll(); one that comes in between is slept through (UNP 20.5)
// invariant: no_zombies
// fault: held_listener
#include "unp.h"

static volatile sig_atomic_t ended;

static void note_end(int signo)
{
    (void)signo;
    ended = 1;
}

int main(int argc, char **argv)
{
    struct pollfd ready = {.fd = tcp_listen(argc, argv), .events = POLLIN};

    set_nonblocking(ready.fd);
    Signal(SIGCHLD, note_end);
    for (;;) {
        int connfd;

        if (ended) {
            ended = 0;
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        }
        if (poll(&ready, 1, -1) < 1)
            continue;
        connfd = accept(ready.fd, NULL, NULL);
        if (connfd >= 0)
            start_worker(ready.fd, connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
}
