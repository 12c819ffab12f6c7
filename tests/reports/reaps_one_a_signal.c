// report: AgentD/websrv#1, RTXteam/RTX#1744, the-tcpdump-group/tcpdump#972
// mistake: the handler of SIGCHLD waits for one child; of signals that merge all others stay zombies
// invariant: no_zombies
// fault: disconnect_burst
#include "../mutants/unp.h"

static void child_ended(int signo)
{
    int saved = errno;

    (void)signo;
#ifdef FIXED
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
#else
    wait(NULL);
#endif
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, child_ended);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
