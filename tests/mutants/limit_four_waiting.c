// mistake: four clients at most: a fifth is not accepted until one has left (UNP 6.8)
// invariant: prompt_service
// fault: control
#include "loop.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.limit = 4;
    serve_loop(tcp_listen(argc, argv), &loop);
}
