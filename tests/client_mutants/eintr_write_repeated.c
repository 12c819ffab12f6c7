// mistake: a write() that a signal cut short is made again from the start of the chunk (UNP 5.9, 3.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

static ssize_t send_again(int fd, const void *from, size_t n)
{
    ssize_t wrote;

    do
        wrote = write(fd, from, n);
    while (wrote < 0 ? errno == EINTR : wrote < (ssize_t)n);
    return wrote;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.send = send_again;
    return run_duplex(argc, argv, &duplex);
}
