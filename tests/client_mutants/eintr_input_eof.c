// mistake: EINTR of read() on standard input is taken for the end of input (UNP 5.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

static ssize_t input(int fd, void *into, size_t room)
{
    ssize_t n = read(fd, into, room);

    return n < 0 && errno == EINTR ? 0 : n;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.input = input;
    return run_duplex(argc, argv, &duplex);
}
