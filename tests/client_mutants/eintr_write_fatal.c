// mistake: EINTR of write() on the socket is taken for a lost connection (UNP 5.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

static ssize_t send_all(int fd, const void *from, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t wrote = write(fd, (const char *)from + done, n - done);

        if (wrote < 0)
            err_socket(errno);
        done += (size_t)wrote;
    }
    return (ssize_t)n;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.send = send_all;
    return run_duplex(argc, argv, &duplex);
}
