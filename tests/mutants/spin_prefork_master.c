// mistake: the master asks for ended children until there are some that run; with none it computes (waitpid(2))
// invariant: no_spin
// fault: killed_children
#include "loop.h"
#include <sys/prctl.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), number;
    struct loop loop = LOOP;
    pid_t child = 0, pid;
    sigset_t chld;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    for (;;) {
        while (child <= 0)
            if ((child = fork()) == 0) {
                prctl(PR_SET_PDEATHSIG, SIGTERM);
                sigprocmask(SIG_UNBLOCK, &chld, NULL);
                serve_loop(listenfd, &loop);
            }
        sigwait(&chld, &number);
#ifdef FIXED
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
#else
        while ((pid = waitpid(-1, NULL, WNOHANG)) != 0)
#endif
            if (pid == child)
                child = 0;
    }
}
