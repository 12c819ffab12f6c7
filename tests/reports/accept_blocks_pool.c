// report: irods/irods#2396, project-chip/connectedhomeip#8400
// mistake: select() says that a client is there, but the listening socket blocks: when it is gone, the loop sleeps in accept()
// invariant: exact_echo
// fault: held_listener
#include "../mutants/pool.h"
#include <sys/select.h>

static int admit(int listenfd)
{
#ifndef FIXED
    int flags = fcntl(listenfd, F_GETFL);

    if (flags & O_NONBLOCK)
        fcntl(listenfd, F_SETFL, flags & ~O_NONBLOCK);
#endif
    return loop_admit(listenfd);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    serve_pool(tcp_listen(argc, argv), &loop, 2);
}
