// correct: SIGTERM sets a flag that is tested before a wait, and is let in by that wait alone (UNP 20.5: pselect)
#include "../mutants/unp.h"

static volatile sig_atomic_t told;

static void stop(int signo)
{
    (void)signo;
    told = 1;
}

static void serve_next(int listenfd, const sigset_t *asleep)
{
    struct pollfd waiting = {.fd = listenfd, .events = POLLIN};
    int connfd;

    if (ppoll(&waiting, 1, NULL, asleep) <= 0)
        return;
    if ((connfd = accept(listenfd, NULL, NULL)) >= 0)
        start_worker(listenfd, connfd, str_echo);
    else if (!passing(errno))
        err_sys("accept");
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    sigset_t orders, asleep;

    Signal(SIGTERM, stop);
    Signal(SIGINT, stop);
    Signal(SIGCHLD, sig_chld);
    sigemptyset(&orders);
    sigaddset(&orders, SIGTERM);
    sigaddset(&orders, SIGINT);
    sigprocmask(SIG_BLOCK, &orders, &asleep);
    set_nonblocking(listenfd);
    while (!told)
        serve_next(listenfd, &asleep);
    return 0;
}
