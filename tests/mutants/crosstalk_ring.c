// mistake: the sockets are in a ring of 64, where a newcomer takes the place of one who stays (UNP 26.4)
// invariant: exact_echo
// fault: control
#include "unp.h"

#define PLACES 64

static int ring[PLACES];

static void *serve(void *argument)
{
    int *connfd = argument;
    char buf[MAXLINE];
    ssize_t n;

    pthread_detach(pthread_self());
    while ((n = read_some(*connfd, buf, sizeof(buf))) > 0)
        if (writen(*connfd, buf, (size_t)n) < 0)
            break;
    close(*connfd);
    return NULL;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    unsigned count = 0;

    Signal(SIGPIPE, SIG_IGN);
    for (;; count++) {
        pthread_t thread;

        ring[count % PLACES] = accept_client(listenfd);
        if (pthread_create(&thread, NULL, serve, &ring[count % PLACES]) != 0)
            close(ring[count % PLACES]);
    }
}
