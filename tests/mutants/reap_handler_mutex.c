// mistake: the handler of SIGCHLD writes to the log and takes its mutex, which the interrupted listener may hold (UNP 11.18)
// invariant: listener_survives
// fault: held_listener
#include "unp.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(const char *what, pid_t pid)
{
    char line[64];
    int n = snprintf(line, sizeof(line), "%s %d\n", what, (int)pid);

    pthread_mutex_lock(&lock);
    writen(STDERR_FILENO, line, (size_t)n);
    pthread_mutex_unlock(&lock);
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
