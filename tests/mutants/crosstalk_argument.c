// mistake: each thread gets a pointer to the same connfd, and the next accept overwrites it (UNP 26.4)
// invariant: exact_echo
// fault: disconnect_burst
// seed: 3
// connections: 4
#include "unp.h"

static void *serve(void *argument)
{
    int connfd;

    poll(NULL, 0, 1); /* a thread that is late: without it, most runs do not show it */
    connfd = *(int *)argument;
    str_echo(connfd);
    close(connfd);
    return NULL;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), connfd;
    pthread_t thread;

    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        connfd = accept_client(listenfd);
        if (pthread_create(&thread, NULL, serve, &connfd) != 0)
            close(connfd);
        else
            pthread_detach(thread);
    }
}
