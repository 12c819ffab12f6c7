// mistake: EINTR of a worker's blocked write() is taken for a broken connection (UNP 5.9)
// invariant: exact_echo
// fault: signals
#include "unp.h"

static ssize_t write_all(int fd, const char *from, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t wrote = write(fd, from + done, n - done);

        if (wrote < 0)
            return -1;
        done += (size_t)wrote;
    }
    return (ssize_t)n;
}

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (write_all(connfd, buf, (size_t)n) < 0)
            err_sys("str_echo: write error");
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
