// correct: a write that waits too long is made again for as long as the client is there (SO_SNDTIMEO, socket(7))
#include "../mutants/unp.h"
#include <sys/time.h>

static int write_again(int connfd, const char *from, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(connfd, from, n);

        if (wrote > 0) {
            from += wrote;
            n -= (size_t)wrote;
        } else if (wrote < 0 && errno != EAGAIN && errno != EINTR)
            return -1;
    }
    return 0;
}

static void str_echo_again(int connfd)
{
    struct timeval moment = {.tv_usec = 100 * 1000};
    char buf[MAXLINE];
    ssize_t n;

    setsockopt(connfd, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof(moment));
    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (write_again(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), str_echo_again);
}
