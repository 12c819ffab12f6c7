// mistake: no SIGCHLD handler, so ended workers stay zombies (UNP 5.7, 5.8)
// invariant: no_zombies
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
