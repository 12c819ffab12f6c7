// correct: 128 threads, each accepting and serving on its own: wide enough for 128 clients (UNP 30.11)
#include "../mutants/unp.h"

#define THREADS 64

static void *serve(void *argument)
{
    int listenfd = *(int *)argument;

    for (;;) {
        int connfd = accept_client(listenfd);

        str_echo(connfd);
        close(connfd);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pthread_t thread;

    Signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < THREADS; i++)
        if (pthread_create(&thread, NULL, serve, &listenfd) != 0)
            err_sys("pthread_create");
    serve(&listenfd);
}
