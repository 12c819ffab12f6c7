// mistake: the lock around accept() dies with the process that holds it: a shared mutex, not robust (pthread_mutexattr_setrobust(3))
// invariant: listener_survives
// fault: killed_children
#include "unp.h"
#include <sys/mman.h>
#include <sys/prctl.h>

#define PROCESSES 4

static pthread_mutex_t *turn;

static void take_turn(void)
{
    int error = pthread_mutex_lock(turn);

#ifdef FIXED
    if (error == EOWNERDEAD)
        pthread_mutex_consistent(turn);
#else
    (void)error;
#endif
}

static void start(int listenfd, pid_t master)
{
    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd;

        take_turn();
        connfd = accept(listenfd, NULL, NULL);
        pthread_mutex_unlock(turn);
        if (connfd >= 0)
            start_thread(connfd, str_echo);
        else if (!passing(errno))
            err_sys("accept");
    }
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pid_t master = getpid();
    pthread_mutexattr_t shared;

    turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (turn == MAP_FAILED)
        err_sys("mmap");
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
#ifdef FIXED
    pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST);
#endif
    pthread_mutex_init(turn, &shared);
    for (int i = 0; i < PROCESSES; i++)
        start(listenfd, master);
    for (;;)
        if (wait(NULL) > 0)
            start(listenfd, master);
        else if (errno != EINTR)
            err_sys("wait");
}
