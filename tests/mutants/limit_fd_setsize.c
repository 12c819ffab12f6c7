// mistake: a select loop without a limit; descriptor 1,024 is beyond the end of its sets (select(2))
// invariant: listener_survives
// fault: many_clients
#define MAXCLIENTS 4000
#include "select_loop.h"

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.wait = wait_in_select;
    serve_loop(tcp_listen(argc, argv), &loop);
}
