// mistake: SIGCHLD sets a flag that is tested before select(); one that comes in between is slept through (UNP 20.5)
// invariant: no_zombies
// fault: schedules
#include "unp.h"
#include <sys/select.h>

static volatile sig_atomic_t ended;

static void note_end(int signo)
{
    (void)signo;
    ended = 1;
}

static int await_client(int listenfd)
{
    sigset_t none;
    fd_set ready;

    sigemptyset(&none);
    FD_ZERO(&ready);
    FD_SET(listenfd, &ready);
#ifdef FIXED
    return pselect(listenfd + 1, &ready, NULL, NULL, NULL, &none);
#else
    return select(listenfd + 1, &ready, NULL, NULL, NULL);
#endif
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld;

    sigemptyset(&chld);
#ifdef FIXED
    sigaddset(&chld, SIGCHLD);
#endif
    set_nonblocking(listenfd);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    Signal(SIGCHLD, note_end);
    for (;;) {
        int connfd;

        if (ended) {
            ended = 0;
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        }
        if (await_client(listenfd) < 1)
            continue;
        connfd = accept(listenfd, NULL, NULL);
        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
}
