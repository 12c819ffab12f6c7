/*
 * A pool of processes that each run a poll loop on one listening socket, and a master that makes a
 * new one for each that has ended.
 */
#ifndef POOL_H
#define POOL_H

#include "loop.h"
#include <sys/prctl.h>

static UNUSED void start_process(int listenfd, const struct loop *loop)
{
    pid_t master = getpid();

    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    serve_loop(listenfd, loop);
}

static UNUSED _Noreturn void serve_pool(int listenfd, const struct loop *loop, int processes)
{
    for (int i = 0; i < processes; i++)
        start_process(listenfd, loop);
    for (;;)
        if (wait(NULL) > 0)
            start_process(listenfd, loop);
        else if (errno != EINTR)
            err_sys("wait");
}

#endif
