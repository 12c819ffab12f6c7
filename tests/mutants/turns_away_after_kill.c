// mistake: once a child has died of a signal, the next client is turned away (wait(2), WIFSIGNALED)
// invariant: listener_survives
// fault: killed_children
#include "unp.h"

static volatile sig_atomic_t crashed;

static void note_crash(int signo)
{
    int saved = errno, status;

    (void)signo;
    while (waitpid(-1, &status, WNOHANG) > 0)
        if (WIFSIGNALED(status))
            crashed = 1;
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), connfd;

    Signal(SIGCHLD, note_crash);
    for (;;) {
        connfd = accept_client(listenfd);
        if (crashed)
            close(connfd);
        else
            start_worker(listenfd, connfd, str_echo);
        crashed = 0;
    }
}
