// mistake: reaps at most five children for each SIGCHLD (UNP 5.10)
// invariant: no_zombies
// fault: disconnect_burst
#include "unp.h"

static void reap_five(int signo)
{
    int saved = errno;

    (void)signo;
    for (int i = 0; i < 5; i++)
        waitpid(-1, NULL, WNOHANG);
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, reap_five);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
