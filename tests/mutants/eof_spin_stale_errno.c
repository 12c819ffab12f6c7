// mistake: errno is read though read() did not fail: an EINTR of long ago spins at EOF (errno(3))
// invariant: no_spin
// fault: control
#include "unp.h"

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read(connfd, buf, sizeof(buf))) > 0 || errno == EINTR)
        if (n > 0 && writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
