// report: sustrik/libmill#182, krylosov-aa/pg-status#32, ninenines/ranch#36
// mistake: EMFILE of accept() is tried again at once: the client stays in the queue, and the server computes
// invariant: no_spin
// fault: scarce_descriptors
#include "../mutants/loop.h"

static int admit(int listenfd)
{
    int connfd = accept(listenfd, NULL, NULL);

#ifdef FIXED
    if (connfd < 0 && (errno == EMFILE || errno == ENFILE))
        poll(NULL, 0, 50);
#endif
    return connfd;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    serve_loop(tcp_listen(argc, argv), &loop);
}
