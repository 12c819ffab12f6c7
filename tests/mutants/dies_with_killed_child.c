// mistake: the listener exits when a worker was killed by a signal (UNP 5.12)
// invariant: listener_survives
// fault: killed_children
#include "unp.h"

static void sig_chld_strict(int signo)
{
    int saved = errno, status;

    (void)signo;
    while (waitpid(-1, &status, WNOHANG) > 0)
        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE)
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
