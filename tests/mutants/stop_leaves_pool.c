// mistake: the master ends at SIGTERM and tells its workers nothing: they go on accepting (UNP 30.6)
// invariant: clean_stop
// fault: stops
#include "loop.h"

#define PROCESSES 2

static void stop(int signo)
{
    (void)signo;
    _exit(0);
}

static void start(int listenfd)
{
    struct loop loop = LOOP;

    if (fork() != 0)
        return;
    Signal(SIGTERM, SIG_DFL);
    Signal(SIGINT, SIG_DFL);
    serve_loop(listenfd, &loop);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGTERM, stop);
    Signal(SIGINT, stop);
    for (int i = 0; i < PROCESSES; i++)
        start(listenfd);
    for (;;)
        if (wait(NULL) > 0)
            start(listenfd);
        else if (errno != EINTR)
            err_sys("wait");
}
