// mistake: a child that died of a signal never gives its place back (wait(2), WIFEXITED)
// invariant: prompt_service
// fault: killed_children
#include "unp.h"

#define PLACES 12

static volatile sig_atomic_t busy;

static void count_exits(int signo)
{
    int saved = errno, status;

    (void)signo;
    while (waitpid(-1, &status, WNOHANG) > 0)
        if (WIFEXITED(status))
            busy--;
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld, before;

    Signal(SIGCHLD, count_exits);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    for (;;) {
        sigprocmask(SIG_BLOCK, &chld, &before);
        while (busy >= PLACES)
            sigsuspend(&before);
        busy++;
        sigprocmask(SIG_SETMASK, &before, NULL);
        if (start_worker(listenfd, accept_client(listenfd), str_echo) < 0)
            err_sys("fork");
    }
}
