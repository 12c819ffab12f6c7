// mistake: EINTR of read() on the socket is taken for an end of file (UNP 5.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

static ssize_t receive(int fd, void *into, size_t room)
{
    ssize_t n = read(fd, into, room);

    return n < 0 && errno == EINTR ? 0 : n;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.receiver_is_main = 1;
    duplex.receive = receive;
    return run_duplex(argc, argv, &duplex);
}
