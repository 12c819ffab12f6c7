// mistake: a thread ends with shutdown() and never calls close() (UNP 6.6)
// invariant: no_fd_leak
// fault: control
#include "unp.h"

static void *serve(void *argument)
{
    int connfd = *(int *)argument;

    free(argument);
    str_echo(connfd);
    shutdown(connfd, SHUT_RDWR);
    return NULL;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int *connfd = malloc(sizeof(*connfd));
        pthread_t thread;

        if (connfd == NULL)
            err_sys("malloc");
        *connfd = accept_client(listenfd);
        if (pthread_create(&thread, NULL, serve, connfd) != 0)
            close(*connfd);
        else
            pthread_detach(thread);
    }
}
