// mistake: getpeername() on an aborted connection, ENOTCONN, ends the listener (UNP 5.11)
// invariant: listener_survives
// fault: aborted_connections
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        struct sockaddr_in client;
        socklen_t size = sizeof(client);

        if (getpeername(connfd, (struct sockaddr *)&client, &size) < 0)
            err_sys("getpeername");
        start_worker(listenfd, connfd, str_echo);
    }
}
