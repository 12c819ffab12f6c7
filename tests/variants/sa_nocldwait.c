// correct: SA_NOCLDWAIT: no child becomes a zombie, though SIGCHLD is delivered (sigaction(2))
#include "../mutants/unp.h"

static volatile sig_atomic_t ended;

static void count(int signo)
{
    (void)signo;
    ended++;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct sigaction action = {.sa_handler = count, .sa_flags = SA_NOCLDWAIT};

    sigaction(SIGCHLD, &action, NULL);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
