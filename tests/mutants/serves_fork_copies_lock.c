// mistake: a worker writes to the log before it serves; a second thread may hold its mutex when fork() copies it (fork(2))
// invariant: isolation
// fault: held_listener
#include "unp.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sigset_t chld;

static void note(const char *what, pid_t pid)
{
    char line[64];
    int n = snprintf(line, sizeof(line), "%s %d\n", what, (int)pid);

    pthread_mutex_lock(&lock);
    writen(STDERR_FILENO, line, (size_t)n);
    pthread_mutex_unlock(&lock);
}

static void *reap(void *argument)
{
    int number;
    pid_t pid;

    for (;;) {
        sigwait(&chld, &number);
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            note("ended", pid);
    }
    return argument;
}

static void echo(int connfd)
{
    note("serving", getpid());
    str_echo(connfd);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pthread_t reaper;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &chld, NULL);
    if (pthread_create(&reaper, NULL, reap, NULL) != 0)
        err_sys("pthread_create");
    for (;;)
        start_worker(listenfd, accept_client(listenfd), echo);
}
