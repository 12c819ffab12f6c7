/*
 * A pool whose processes each take a slot of a shared table, and a master that makes a new one for
 * each that has ended. One that is killed gives its slot back to no other.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "loop.h"
#include <sys/mman.h>
#include <sys/prctl.h>

#define SLOTS 2

static int *taken;

static UNUSED int take_a_slot(void)
{
    for (int i = 0; i < SLOTS; i++)
        if (__sync_bool_compare_and_swap(&taken[i], 0, 1))
            return 1;
    return 0;
}

static UNUSED void start_in_a_slot(int listenfd)
{
    struct loop loop = LOOP;
    pid_t master = getpid();

    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    if (!take_a_slot())
        exit(1);
    serve_loop(listenfd, &loop);
}

/* `pause_before` is called before each process that is made for another. */
static UNUSED _Noreturn void serve_in_slots(int listenfd, void (*pause_before)(void))
{
    taken = mmap(NULL, SLOTS * sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (taken == MAP_FAILED)
        err_sys("mmap");
    for (int i = 0; i < SLOTS; i++)
        start_in_a_slot(listenfd);
    for (;;)
        if (wait(NULL) > 0) {
            pause_before();
            start_in_a_slot(listenfd);
        } else if (errno != EINTR)
            err_sys("wait");
}

#endif
