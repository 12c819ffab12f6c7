// mistake: how many places are free stands in memory that parent and children change without a lock: a place that comes free while one is taken is lost, and the parent sees it (UNP2 10.1)
// invariant: listener_survives
// fault: schedules
#include "unp.h"
#include <semaphore.h>
#include <sys/mman.h>

#define PLACES 1024

struct places {
    sem_t lock;
    int free;
};

static struct places *places;

/* Changes the number, and says so in the log. */
static int change(int by)
{
    char line[64];
    int left, n;

#ifdef FIXED
    sigset_t chld, before;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &before);
    while (sem_wait(&places->lock) < 0)
        continue;
#endif
    left = places->free + by;
    n = snprintf(line, sizeof(line), "%d places are free\n", left);
    if (left >= 0 && writen(STDERR_FILENO, line, (size_t)n) == n)
        places->free = left;
#ifdef FIXED
    sem_post(&places->lock);
    sigprocmask(SIG_SETMASK, &before, NULL);
#endif
    return left;
}

static volatile sig_atomic_t children, killed;

static void reap(int signo)
{
    int saved = errno, status;

    (void)signo;
    while (waitpid(-1, &status, WNOHANG) > 0) {
        children--;
        if (WIFSIGNALED(status))
            killed++;
    }
    errno = saved;
}

/* With no child left all places are free, but those of children that were killed. */
static void check_places(void)
{
    if (children == 0 && places->free + killed != PLACES) {
        fprintf(stderr, "no client is left, and %d of %d places are free\n", places->free, PLACES);
        exit(1);
    }
}

static void echo(int connfd)
{
    str_echo(connfd);
    change(1);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    places = mmap(NULL, sizeof(*places), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (places == MAP_FAILED)
        err_sys("mmap");
    sem_init(&places->lock, 1, 1);
    places->free = PLACES;
    Signal(SIGCHLD, reap);
    for (;;) {
        int connfd = accept_client(listenfd);

        check_places();
        if (change(-1) < 0)
            close(connfd);
        else if (start_worker(listenfd, connfd, echo) > 0)
            children++;
        else
            change(1);
    }
}
