// correct: a select loop that leaves clients beyond FD_SETSIZE in the backlog (UNP 6.8)
#include "../mutants/select_loop.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    closefrom(3); /* With a thousand that were left open no number below FD_SETSIZE would be left. */
    loop.limit = FD_SETSIZE - 32;
    loop.wait = wait_in_select;
    serve_loop(tcp_listen(argc, argv), &loop);
}
