// correct: one process, one poll loop; who does not read is no longer read from (UNP 6.11, 16.2)
#include "../mutants/loop.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    serve_loop(tcp_listen(argc, argv), &loop);
}
