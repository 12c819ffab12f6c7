// mistake: the count of clients is not lowered where a read fails: a hundred that reset, and the server is full for good (UNP 5.13)
// invariant: isolation
// fault: control
#include "unp.h"

#define MOST 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int clients;

static int count(int change)
{
    int now;

    pthread_mutex_lock(&lock);
    now = clients += change;
    pthread_mutex_unlock(&lock);
    return now;
}

static void *serve(void *argument)
{
    int connfd = (int)(long)argument;
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            break;
    close(connfd);
    if (n == 0)
        count(-1);
    return NULL;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd = accept_client(listenfd);
        pthread_t thread;

        if (count(1) > MOST) {
            count(-1);
            close(connfd);
        } else if (pthread_create(&thread, NULL, serve, (void *)(long)connfd) != 0) {
            count(-1);
            close(connfd);
        } else {
            pthread_detach(thread);
        }
    }
}
