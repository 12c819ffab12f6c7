// correct: edge-triggered; a failed accept took its connection along, so the next edge is awaited (epoll(7))
#include "../mutants/edges.h"

int main(int argc, char **argv)
{
    const struct loop loop = LOOP;

    serve_edges(tcp_listen(argc, argv), &loop, 50);
}
