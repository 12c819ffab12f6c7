// mistake: a descriptor is closed twice, the second time it is another client's (close(2), UNP 26.4)
// invariant: isolation
// fault: disconnect_burst
#include "unp.h"

#define WAITING 1024

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int broken[WAITING];
static int count;

/* session_main() closes connfd when this returns; a broken one is put down to be closed as well. */
static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            break;
    pthread_mutex_lock(&lock);
    if (n != 0 && count < WAITING)
        broken[count++] = connfd;
    pthread_mutex_unlock(&lock);
}

static void close_broken(void)
{
    pthread_mutex_lock(&lock);
    while (count > 0)
        close(broken[--count]);
    pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv)
{
    struct pollfd fd = {tcp_listen(argc, argv), POLLIN, 0};

    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd;

        if (poll(&fd, 1, -1) < 0)
            continue;
        connfd = accept_client(fd.fd);
        close_broken();
        start_thread(connfd, echo);
    }
}
