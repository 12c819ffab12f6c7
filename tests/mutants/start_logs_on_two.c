// mistake: it logs on descriptor 2; started without one, its listening socket has that number (UNP 13.4)
// invariant: listener_survives
// fault: inherited
#define STREAMS_MAY_BE_CLOSED
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        start_worker(listenfd, accept_client(listenfd), str_echo);
        fprintf(stderr, "served one more\n");
    }
}
