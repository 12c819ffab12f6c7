// mistake: the handler calls wait() until no child is left: a live one stops accept (UNP 5.10)
// invariant: prompt_service
// fault: control
#include "unp.h"

static void reap_all(int signo)
{
    int saved = errno;

    (void)signo;
    while (wait(NULL) > 0)
        continue;
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, reap_all);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
