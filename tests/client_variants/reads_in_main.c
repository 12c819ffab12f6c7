// correct: a thread types; the main thread, which takes the signals, reads echoes (UNP 26.3)
#include "../client_mutants/duplex.h"

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.receiver_is_main = 1;
    return run_duplex(argc, argv, &duplex);
}
