// mistake: EINTR of read() on the socket is taken for a lost connection (UNP 5.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.receiver_is_main = 1;
    duplex.receive = read;
    return run_duplex(argc, argv, &duplex);
}
