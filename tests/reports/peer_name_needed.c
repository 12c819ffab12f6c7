// report: emqx/esockd#9, benoitc/gunicorn#2277, denoland/deno#8499
// mistake: after accept() the server must know the name of its peer; one that has reset already has none, and that ends it
// invariant: listener_survives
// fault: aborted_connections
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        struct sockaddr_in peer;
        socklen_t size = sizeof(peer);

        if (getpeername(connfd, (struct sockaddr *)&peer, &size) < 0) {
#ifdef FIXED
            close(connfd);
            continue;
#else
            err_sys("getpeername");
#endif
        }
        start_worker(listenfd, connfd, str_echo);
    }
}
