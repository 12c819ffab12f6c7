// mistake: the listener exits when a worker ended with SIGPIPE, of a client that left (UNP 5.12, 5.13)
// invariant: listener_survives
// fault: eof_races
#include "unp.h"

static void sig_chld_strict(int signo)
{
    int saved = errno, status;

    (void)signo;
    while (waitpid(-1, &status, WNOHANG) > 0)
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
            _exit(1);
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld_strict);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
