// mistake: reaps one child for each SIGCHLD, but pending signals merge (UNP 5.10)
// invariant: no_zombies
// fault: disconnect_burst
#include "unp.h"

static void reap_one(int signo)
{
    int saved = errno;

    (void)signo;
    waitpid(-1, NULL, WNOHANG);
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, reap_one);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
