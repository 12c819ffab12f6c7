// mistake: a writev() that ends within its second part is gone on with from the start of that part (writev(2))
// invariant: exact_echo
// fault: short_counts
#include "unp.h"
#include <sys/uio.h>

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

static int write_parts(int connfd, struct iovec *parts)
{
    while (parts[0].iov_len > 0 || parts[1].iov_len > 0) {
        ssize_t n = writev(connfd, parts, 2);
        size_t first;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        first = least(parts[0].iov_len, (size_t)n);
        if ((size_t)n == parts[0].iov_len + parts[1].iov_len || parts[0].iov_len == 0) {
            parts[1].iov_base = (char *)parts[1].iov_base + (size_t)n - first;
            parts[1].iov_len -= (size_t)n - first;
        }
        parts[0].iov_base = (char *)parts[0].iov_base + first;
        parts[0].iov_len -= first;
    }
    return 0;
}

/* The ring is empty after each turn, and its begin moves on. */
static void echo(int connfd)
{
    char ring[MAXLINE];
    size_t begin = 0, kept, here;

    for (;; begin = (begin + kept) % MAXLINE) {
        struct iovec parts[2] = {{ring + begin, MAXLINE - begin}, {ring, begin}};
        ssize_t n = readv(connfd, parts, 2);

        kept = n > 0 ? (size_t)n : 0;
        if (n == 0 || (n < 0 && errno != EINTR))
            return;
        here = least(kept, MAXLINE - begin);
        parts[0].iov_len = here;
        parts[1].iov_len = kept - here;
        if (write_parts(connfd, parts) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
