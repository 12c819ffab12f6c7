// mistake: SIGTERM sets a flag, but SA_RESTART: accept() goes on, and only a client shows the flag (sigaction(2))
// invariant: clean_stop
// fault: stops
#include "unp.h"

static volatile sig_atomic_t told;

static void stop(int signo)
{
    (void)signo;
    told = 1;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    int listenfd = tcp_listen(argc, argv);

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    Signal(SIGCHLD, sig_chld);
    while (!told)
        start_worker(listenfd, accept_client(listenfd), str_echo);
    return 0;
}
