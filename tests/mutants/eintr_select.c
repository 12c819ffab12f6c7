// mistake: EINTR of the select() in front of accept() ends a listener that forks (UNP 5.9, 6.3)
// invariant: listener_survives
// fault: control
#include "unp.h"
#include <sys/select.h>

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    fd_set readable;

    Signal(SIGCHLD, sig_chld);
    FD_ZERO(&readable);
    for (;;) {
        FD_SET(listenfd, &readable);
        if (select(listenfd + 1, &readable, NULL, NULL, NULL) < 0)
            err_sys("select error");
        start_worker(listenfd, accept_client(listenfd), str_echo);
    }
}
