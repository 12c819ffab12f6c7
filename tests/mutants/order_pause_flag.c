// mistake: each process of a pool serves one client; the master tests a flag and then waits in pause() for SIGCHLD, which may have come in between (UNP 20.5)
// invariant: no_zombies
// fault: schedules
#include "unp.h"
#include <sys/prctl.h>

#define PROCESSES 64

static volatile sig_atomic_t ended;

static void note_end(int signo)
{
    (void)signo;
    ended = 1;
}

static void start(int listenfd)
{
    pid_t master = getpid();

    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    signal(SIGCHLD, SIG_DFL);
    str_echo(accept_client(listenfd));
    exit(0);
}

/* Sleeps until a child has ended. */
static void wait_for_an_end(void)
{
#ifdef FIXED
    sigset_t chld, before;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &before);
    if (!ended)
        sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
#else
    if (!ended)
        pause();
#endif
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, note_end);
    for (int i = 0; i < PROCESSES; i++)
        start(listenfd);
    for (;;) {
        wait_for_an_end();
        ended = 0;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            start(listenfd);
    }
}
