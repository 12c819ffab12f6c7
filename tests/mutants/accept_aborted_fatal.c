// mistake: ECONNABORTED of accept() ends the listener (UNP 5.11, accept(2))
// invariant: listener_survives
// fault: accept_errors
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (errno == ECONNABORTED || !passing(errno))
            err_sys("accept error");
    }
}
