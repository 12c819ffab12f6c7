// mistake: reaps on only after a child that has exited: one killed by a signal leaves the others (UNP 5.10)
// invariant: no_zombies
// fault: disconnect_burst
#include "unp.h"

static void reap_exited(int signo)
{
    int saved = errno, status;

    (void)signo;
    while (waitpid(-1, &status, WNOHANG) > 0 && WIFEXITED(status))
        ;
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, reap_exited);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
