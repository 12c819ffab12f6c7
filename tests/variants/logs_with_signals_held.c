// correct: the handler of SIGCHLD takes the mutex of the log; the listener holds the signal back while it has it (UNP 11.18)
#include "../mutants/unp.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(const char *what, pid_t pid)
{
    char line[64];
    int n = snprintf(line, sizeof(line), "%s %d\n", what, (int)pid);
    sigset_t chld, before;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &before);
    pthread_mutex_lock(&lock);
    writen(STDERR_FILENO, line, (size_t)n);
    pthread_mutex_unlock(&lock);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void reap(int signo)
{
    int saved = errno;
    pid_t pid;

    (void)signo;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        note("ended", pid);
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, reap);
    for (;;) {
        pid_t pid = start_worker(listenfd, accept_client(listenfd), str_echo);

        if (pid > 0)
            note("started", pid);
    }
}
