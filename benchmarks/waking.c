/*
 * Loaded into a program beside its own code (LD_PRELOAD), to make it look as if it might still do
 * something by itself: it catches SIGALRM, which never comes (ALARM), or has a thread that wakes
 * every half second and does nothing (WAKING).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

static void ignore(int number)
{
    (void)number;
}

static void *wake_up(void *unused)
{
    const struct timespec half = {0, 500000000};
    sigset_t all;
    (void)unused;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (;;)
        nanosleep(&half, NULL);
    return NULL;
}

__attribute__((constructor)) static void begin(void)
{
    pthread_t thread;
    if (getenv("ANECHOIC_ALARM") != NULL) {
        struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_RESTART};
        sigaction(SIGALRM, &action, NULL);
    }
    if (getenv("ANECHOIC_WAKING") != NULL)
        pthread_create(&thread, NULL, wake_up, NULL);
}
