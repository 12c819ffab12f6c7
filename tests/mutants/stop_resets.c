// mistake: it exits at SIGTERM with input unread: the close is a reset, and what was written is lost (RFC 2525 2.17)
// invariant: clean_stop
// fault: stops
#include "loop.h"

static void stop(int signo)
{
    (void)signo;
    _exit(0);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct loop loop = LOOP;

    Signal(SIGTERM, stop);
    Signal(SIGINT, stop);
    serve_loop(listenfd, &loop);
}
