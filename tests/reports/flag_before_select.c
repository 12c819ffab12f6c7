// report: raforg/daemon#9, QubesOS/qubes-issues#241
// mistake: the flag that SIGCHLD sets is tested before select(); one that comes in between is slept through
// invariant: no_zombies
// fault: held_listener
#include "../mutants/unp.h"
#include <sys/select.h>

static volatile sig_atomic_t child_exited;

static void mark(int signo)
{
    (void)signo;
    child_exited = 1;
}

static int wait_for_client(int listenfd, const sigset_t *unblocked)
{
    fd_set readable;

    FD_ZERO(&readable);
    FD_SET(listenfd, &readable);
#ifdef FIXED
    return pselect(listenfd + 1, &readable, NULL, NULL, NULL, unblocked);
#else
    (void)unblocked;
    return select(listenfd + 1, &readable, NULL, NULL, NULL);
#endif
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld, unblocked;

    set_nonblocking(listenfd);
    Signal(SIGCHLD, mark);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
#ifdef FIXED
    sigprocmask(SIG_BLOCK, &chld, &unblocked);
#else
    sigprocmask(SIG_UNBLOCK, &chld, &unblocked);
#endif
    for (;;) {
        int connfd;

        if (child_exited) {
            child_exited = 0;
            while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        }
        if (wait_for_client(listenfd, &unblocked) < 0)
            continue;
        if ((connfd = accept(listenfd, NULL, NULL)) >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
}
