// mistake: a child enters the table of the parent after it was made, and the handler of SIGCHLD waits for those in the table only: one that ends before its entry stays a zombie (APUE 10.16)
// invariant: no_zombies
// fault: schedules
#include "unp.h"

#define MOST 1024

static volatile pid_t children[MOST];

static void reap(int signo)
{
    int saved = errno;

    (void)signo;
    for (int i = 0; i < MOST; i++)
        if (children[i] > 0 && waitpid(children[i], NULL, WNOHANG) > 0)
            children[i] = 0;
    errno = saved;
}

static void enter(pid_t pid)
{
    for (int i = 0; i < MOST; i++)
        if (children[i] == 0) {
            children[i] = pid;
            return;
        }
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld, before;

    sigemptyset(&chld);
    Signal(SIGCHLD, reap);
#ifdef FIXED
    sigaddset(&chld, SIGCHLD);
#endif
    for (;;) {
        int connfd = accept_client(listenfd);
        pid_t pid;

        sigprocmask(SIG_BLOCK, &chld, &before);
        if ((pid = fork()) == 0) {
            sigprocmask(SIG_SETMASK, &before, NULL);
            close(listenfd);
            str_echo(connfd);
            exit(0);
        }
        close(connfd);
        if (pid > 0)
            enter(pid);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
}
