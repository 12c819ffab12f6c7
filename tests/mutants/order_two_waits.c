// mistake: main waits for the helper that checks a client, and the handler of SIGCHLD for any child: if it comes first, main takes ECHILD for a refusal (UNP 5.10)
// invariant: exact_echo
// fault: schedules
#include "unp.h"

/* What a helper computes to know that a client is allowed. */
static int computed(void)
{
    volatile unsigned hash = 5381;

    for (int i = 0; i < 500000; i++)
        hash = hash * 33 + (unsigned)i;
    return hash == 0;
}

/* Forks a helper that says whether a client is allowed: all are. */
static int is_allowed(void)
{
    int status = 1;
    pid_t helper = fork();

    if (helper == 0)
        _exit(computed());
    if (helper < 0)
        return 0;
    while (waitpid(helper, &status, 0) < 0)
        if (errno != EINTR)
            return 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld, before;

    sigemptyset(&chld);
#ifdef FIXED
    sigaddset(&chld, SIGCHLD);
#endif
    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd), allowed;

        sigprocmask(SIG_BLOCK, &chld, &before);
        allowed = is_allowed();
        sigprocmask(SIG_SETMASK, &before, NULL);
        if (allowed)
            start_worker(listenfd, connfd, str_echo);
        else
            close(connfd);
    }
}
