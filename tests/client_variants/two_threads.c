// correct: two threads whose calls block, and the reading one ends the process and says why (UNP 26.3)
#include "../client_mutants/duplex.h"

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    return run_duplex(argc, argv, &duplex);
}
