// report: emmett-framework/granian#148, momyc/gevent-fastcgi#15, cnpm/cnpmjs.org#239
// mistake: the master of a pool only sleeps: a worker that was killed stays a zombie, and no other takes its place
// invariant: no_zombies
// fault: killed_children
#include "../mutants/pool.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct loop loop = LOOP;

#ifdef FIXED
    serve_pool(listenfd, &loop, 3);
#else
    for (int i = 0; i < 3; i++)
        start_process(listenfd, &loop);
    for (;;)
        pause();
#endif
}
