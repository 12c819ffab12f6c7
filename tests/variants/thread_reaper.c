// correct: a thread of its own waits for the children, so SIGCHLD interrupts nobody (UNP 5.10)
#include "../mutants/unp.h"
#include <semaphore.h>

static sem_t started;

static void *reap(void *argument)
{
    for (;;) {
        while (sem_wait(&started) < 0)
            continue;
        while (waitpid(-1, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    return argument;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pthread_t reaper;

    sem_init(&started, 0, 0);
    if (pthread_create(&reaper, NULL, reap, NULL) != 0)
        err_sys("pthread_create");
    for (;;)
        if (start_worker(listenfd, accept_client(listenfd), str_echo) > 0)
            sem_post(&started);
}
