// mistake: a read that fills the buffer of 1500 bytes is taken for a promise of more (UNP 3.9)
// invariant: exact_echo
// fault: control
#include "unp.h"

#define FRAME 1500

static void echo_frames(int connfd)
{
    static char buf[64 * FRAME];
    size_t length;
    ssize_t n;

    do {
        length = 0;
        do {
            if ((n = read_some(connfd, buf + length, FRAME)) > 0)
                length += (size_t)n;
        } while (n == FRAME && length + FRAME <= sizeof(buf));
        if (length > 0 && writen(connfd, buf, length) < 0)
            return;
    } while (n > 0);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo_frames);
}
