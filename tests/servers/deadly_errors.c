/*
 * A server of processes that ends when fork() fails, and when accept() fails with an error that is
 * DEADLY: cc '-DDEADLY(error)=(error) == EMFILE'. After others it goes on.
 */
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd < 0) {
            if (DEADLY(errno) || !passing(errno))
                err_sys("accept");
        } else if (start_worker(listenfd, connfd, str_echo) < 0) {
            err_sys("fork");
        }
    }
}
