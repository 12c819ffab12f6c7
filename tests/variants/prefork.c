// correct: eight poll loops accept on one socket; a process that was killed is replaced (UNP 30.6)
#include "../mutants/loop.h"
#include <sys/prctl.h>

#define PROCESSES 8

static void start(int listenfd, pid_t master)
{
    struct loop loop = LOOP;

    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    serve_loop(listenfd, &loop);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pid_t master = getpid();

    for (int i = 0; i < PROCESSES; i++)
        start(listenfd, master);
    for (;;)
        if (wait(NULL) > 0)
            start(listenfd, master);
        else if (errno != EINTR)
            err_sys("wait");
}
