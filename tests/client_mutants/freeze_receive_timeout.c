// mistake: EINTR of a socket with SO_RCVTIMEO after a stop and continue is fatal (signal(7))
// invariant: exact_output
// fault: freeze
#include "duplex.h"

/* The time-out, a minute, is only there to ask again. */
static ssize_t receive(int fd, void *into, size_t room)
{
    struct timeval minute = {.tv_sec = 60};
    ssize_t n;

    Signal(SIGWINCH, SIG_DFL);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof(minute));
    do
        n = read(fd, into, room);
    while (n < 0 && errno == EAGAIN);
    return n;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.receiver_is_main = 1;
    duplex.receive = receive;
    return run_duplex(argc, argv, &duplex);
}
