// mistake: the first wait() of the handler has no WNOHANG: a stray SIGCHLD blocks it (UNP 5.10)
// invariant: prompt_service
// fault: signals
// seed: 12
#include "unp.h"

static void reap_first_then_others(int signo)
{
    int saved = errno;

    (void)signo;
    if (wait(NULL) > 0)
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, reap_first_then_others);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
