// mistake: a writing thread tells the reading one of a reset; when it times out it ends alone, and that one waits (UNP 5.14)
// invariant: no_stray_workers
// fault: closed_window
#include "unp.h"

#define ROOM (2 * MAXLINE)

/* What was read and is to be written; over: the other thread has nothing more to do. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    char bytes[ROOM];
    size_t length;
    int over, connfd;
} queue = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void put(const char *from, size_t n, int over)
{
    pthread_mutex_lock(&queue.mutex);
    while (queue.length + n > ROOM && !queue.over)
        pthread_cond_wait(&queue.changed, &queue.mutex);
    if (!queue.over) {
        memcpy(queue.bytes + queue.length, from, n);
        queue.length += n;
    }
    queue.over |= over;
    pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.mutex);
}

static size_t take(char *into)
{
    size_t n;

    pthread_mutex_lock(&queue.mutex);
    while (queue.length == 0 && !queue.over)
        pthread_cond_wait(&queue.changed, &queue.mutex);
    n = queue.length;
    memcpy(into, queue.bytes, n);
    queue.length = 0;
    pthread_cond_broadcast(&queue.changed);
    pthread_mutex_unlock(&queue.mutex);
    return n;
}

static void *write_all(void *nothing)
{
    static char buf[ROOM];
    size_t n;

    while ((n = take(buf)) > 0)
        if (writen(queue.connfd, buf, n) < 0) {
            if (errno == ECONNRESET || errno == EPIPE)
                put(NULL, 0, 1);
            break;
        }
    return nothing;
}

static void str_echo_by_two(int connfd)
{
    char buf[MAXLINE];
    pthread_t writer;
    ssize_t n;

    queue.connfd = connfd;
    if (pthread_create(&writer, NULL, write_all, NULL) != 0)
        return;
    while (!queue.over && (n = read_some(connfd, buf, sizeof(buf))) > 0)
        put(buf, (size_t)n, 0);
    put(NULL, 0, 1);
    pthread_join(writer, NULL);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    serve_forking(tcp_listen(argc, argv), str_echo_by_two);
}
