// mistake: threads hold one lock while they write: a client that does not read stops all (UNP 26.7)
// invariant: prompt_service
// fault: control
#include "unp.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n, wrote;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        pthread_mutex_lock(&lock);
        wrote = writen(connfd, buf, (size_t)n);
        pthread_mutex_unlock(&lock);
        if (wrote < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), echo);
}
