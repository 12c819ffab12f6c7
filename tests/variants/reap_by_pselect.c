// correct: SIGCHLD sets a flag and is let in by pselect() alone, so that none is slept through (UNP 20.5)
#include "../mutants/unp.h"
#include <sys/select.h>

static volatile sig_atomic_t ended;

static void note_end(int signo)
{
    (void)signo;
    ended = 1;
}

static void echo(int connfd)
{
    sigset_t chld;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld, open;

    set_nonblocking(listenfd);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &open);
    Signal(SIGCHLD, note_end);
    for (;;) {
        int connfd;
        fd_set ready;

        if (ended) {
            ended = 0;
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        }
        FD_ZERO(&ready);
        FD_SET(listenfd, &ready);
        if (pselect(listenfd + 1, &ready, NULL, NULL, NULL, &open) < 1)
            continue;
        connfd = accept(listenfd, NULL, NULL);
        if (connfd >= 0)
            start_worker(listenfd, connfd, echo);
        else if (!passing(errno))
            err_sys("accept");
    }
}
