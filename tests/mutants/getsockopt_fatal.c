// mistake: SO_ERROR of an aborted connection is taken for an error of the listener (UNP 5.11)
// invariant: listener_survives
// fault: aborted_connections
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        int error = 0;
        socklen_t size = sizeof(error);

        if (getsockopt(connfd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error != 0) {
            errno = error;
            err_sys("accept");
        }
        start_worker(listenfd, connfd, str_echo);
    }
}
