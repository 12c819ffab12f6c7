// mistake: threads are neither joined nor detached: each leaves its stack behind (UNP 26.4)
// invariant: bounded_memory
// fault: control
#include "unp.h"

static void *serve(void *argument)
{
    char buf[16 * MAXLINE];
    int connfd = *(int *)argument;
    ssize_t n;

    free(argument);
    memset(buf, 0, sizeof(buf));
    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            break;
    close(connfd);
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
        if (pthread_create(&thread, NULL, serve, connfd) != 0) {
            close(*connfd);
            free(connfd);
        }
    }
}
