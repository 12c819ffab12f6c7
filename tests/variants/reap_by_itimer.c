// correct: SIGCHLD is left alone and a timer reaps every 20 ms: no zombie stays (setitimer(2))
#include "../mutants/unp.h"
#include <sys/time.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct itimerval tick = {{0, 20000}, {0, 20000}};

    Signal(SIGALRM, sig_chld);
    setitimer(ITIMER_REAL, &tick, NULL);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
