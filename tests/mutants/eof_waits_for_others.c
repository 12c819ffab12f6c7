// mistake: the listener keeps each socket while its worker lives, and later workers too (UNP 4.8)
// invariant: clean_eof
// fault: control
// seed: 7
#include "unp.h"

#define MOST 4096

static struct {
    pid_t pid;
    int connfd;
} workers[MOST];

static void close_of_the_dead(int signo)
{
    int saved = errno, place;
    pid_t pid;

    (void)signo;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        for (place = 0; place < MOST; place++)
            if (workers[place].pid == pid) {
                close(workers[place].connfd);
                workers[place].pid = 0;
            }
    errno = saved;
}

static void remember(pid_t pid, int connfd)
{
    int place;

    for (place = 0; place < MOST; place++)
        if (workers[place].pid == 0) {
            workers[place].pid = pid;
            workers[place].connfd = connfd;
            return;
        }
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t chld, before;

    Signal(SIGCHLD, close_of_the_dead);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    for (;;) {
        int connfd = accept_client(listenfd);
        pid_t pid;

        sigprocmask(SIG_BLOCK, &chld, &before);
        if ((pid = fork()) == 0) {
            sigprocmask(SIG_SETMASK, &before, NULL);
            close(listenfd);
            str_echo(connfd);
            _exit(0);
        }
        if (pid < 0)
            close(connfd);
        else
            remember(pid, connfd);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
}
