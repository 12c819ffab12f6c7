// mistake: the reading thread ends at an end of file, and the typing one is not told (UNP 26.3)
// invariant: notices_eof
// fault: peer_fin
#include "duplex.h"

static void ended(const struct duplex *duplex, ssize_t n, int error)
{
    if (duplex->input_ended)
        duplex_ended(duplex, n, error);
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.ended = ended;
    run_duplex(argc, argv, &duplex);
    return 1;
}
