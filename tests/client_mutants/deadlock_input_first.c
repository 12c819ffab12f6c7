// mistake: everything typed is sent before the first echo is read (UNP 6.8, 16.2)
// invariant: exact_output
// fault: control
#include "duplex.h"

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.sockfd = connected(argc, argv);
    copy_input(&duplex);
    copy_echoes(&duplex);
    return 0;
}
