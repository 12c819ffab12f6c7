// mistake: edge-triggered, and after EMFILE nobody looks at who waits until another client comes (epoll(7))
// invariant: exact_echo
// fault: scarce_descriptors
#include "edges.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = loop_admit_hurried;
    serve_edges(tcp_listen(argc, argv), &loop, -1);
}
