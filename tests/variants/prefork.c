// correct: eight poll loops accept on one socket; a process that was killed is replaced (UNP 30.6)
#include "../mutants/pool.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    serve_pool(tcp_listen(argc, argv), &loop, 8);
}
