// mistake: the workers of a master that is killed go on accepting, so that no other can bind (prctl(2), UNP 30.6)
// invariant: clean_restart
// fault: control
#include "loop.h"

#define PROCESSES 2

static pid_t pool[PROCESSES];

static void stop(int signo)
{
    (void)signo;
    for (int i = 0; i < PROCESSES; i++)
        kill(pool[i], SIGTERM);
    _exit(0);
}

static pid_t start(int listenfd)
{
    struct loop loop = LOOP;
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    Signal(SIGTERM, SIG_DFL);
    serve_loop(listenfd, &loop);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pid_t ended;

    for (int i = 0; i < PROCESSES; i++)
        pool[i] = start(listenfd);
    Signal(SIGTERM, stop);
    for (;;) {
        if ((ended = wait(NULL)) < 0 && errno != EINTR)
            err_sys("wait");
        for (int i = 0; i < PROCESSES; i++)
            if (pool[i] == ended)
                pool[i] = start(listenfd);
    }
}
