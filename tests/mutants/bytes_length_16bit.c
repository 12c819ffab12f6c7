// mistake: the length is kept in 16 bits: a read of exactly 65536 bytes counts as none (read(2))
// invariant: exact_echo
// fault: control
#include "unp.h"

static char buf[65536];

static void echo(int connfd)
{
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        unsigned short length = (unsigned short)n;

        if (length > 0 && writen(connfd, buf, length) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
