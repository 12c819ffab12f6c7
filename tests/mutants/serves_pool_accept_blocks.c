// mistake: a pool of loops polls a listening socket that blocks; when another process was faster accept() sleeps (UNP 16.6)
// invariant: exact_echo
// fault: held_listener
#include "pool.h"

static int admit(int listenfd)
{
    fcntl(listenfd, F_SETFL, fcntl(listenfd, F_GETFL) & ~O_NONBLOCK);
    return loop_admit(listenfd);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    serve_pool(tcp_listen(argc, argv), &loop, 3);
}
