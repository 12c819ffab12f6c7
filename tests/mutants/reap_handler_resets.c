// mistake: the SIGCHLD handler is good for one signal only: SA_RESETHAND (sigaction(2), UNP 5.8)
// invariant: no_zombies
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct sigaction action = {.sa_handler = sig_chld, .sa_flags = SA_RESETHAND};

    sigaction(SIGCHLD, &action, NULL);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
