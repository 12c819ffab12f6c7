// mistake: when one worker was killed the listener kills all the others (UNP 5.12)
// invariant: isolation
// fault: killed_children
#include "unp.h"

#define WORKERS 1024
static volatile pid_t workers[WORKERS];

static void start_over(int signo)
{
    int saved = errno, status, killed = 0;
    pid_t pid;

    (void)signo;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        killed |= WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        for (int i = 0; i < WORKERS; i++)
            if (workers[i] == pid)
                workers[i] = 0;
    }
    for (int i = 0; killed && i < WORKERS; i++)
        if (workers[i] > 0)
            kill(workers[i], SIGTERM);
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    Signal(SIGCHLD, start_over);
    for (;;) {
        int connfd = accept_client(listenfd), slot = 0;

        sigprocmask(SIG_BLOCK, &child, NULL);
        while (slot < WORKERS - 1 && workers[slot] != 0)
            slot++;
        workers[slot] = start_worker(listenfd, connfd, str_echo);
        sigprocmask(SIG_UNBLOCK, &child, NULL);
    }
}
