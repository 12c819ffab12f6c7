// mistake: on EMFILE the client stays in the backlog and poll() returns at once, for ever (accept(2))
// invariant: no_spin
// fault: scarce_descriptors
#include "loop.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = loop_admit_hurried;
    serve_loop(tcp_listen(argc, argv), &loop);
}
