// mistake: what write() had not taken when a signal came is given up (UNP 5.9, 3.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

static ssize_t send_once(int fd, const void *from, size_t n)
{
    ssize_t wrote = write(fd, from, n);

    return wrote < 0 && errno != EINTR ? -1 : (ssize_t)n;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.send = send_once;
    return run_duplex(argc, argv, &duplex);
}
