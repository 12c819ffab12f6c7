// report: rofl0r/microsocks#103, PowerDNS/pdns#3868
// mistake: where pthread_create() fails that is logged, and the accepted socket stays open
// invariant: no_fd_leak
// fault: fork_errors
#include "../mutants/unp.h"

static void *serve(void *argument)
{
    int connfd = (int)(long)argument;

    pthread_detach(pthread_self());
    str_echo(connfd);
    close(connfd);
    return NULL;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        pthread_t thread;
        long connfd = accept_client(listenfd);

        if (pthread_create(&thread, NULL, serve, (void *)connfd) != 0) {
            fputs("no thread for a client\n", stderr);
#ifdef FIXED
            close((int)connfd);
#endif
        }
    }
}
