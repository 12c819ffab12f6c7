// correct: a thread types, and the main thread, which signals interrupt, is blocked in reading echoes
#include "../client_mutants/duplex.h"

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.receiver_is_main = 1;
    return run_duplex(argc, argv, &duplex);
}
