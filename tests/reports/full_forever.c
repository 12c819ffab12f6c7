// report: jchristn/SuperSimpleTcp#169, sockudo/sockudo#51
// mistake: a full server takes its listening socket out of the loop, and does not put it back when a client has left
// invariant: listener_survives
// fault: disconnect_burst
#include "../mutants/loop.h"

#define MOST 3

static int connected, paused;

static int wait_for(struct pollfd *fds, nfds_t n)
{
    if (connected == MOST)
        paused = 1;
#ifdef FIXED
    paused = connected == MOST;
#endif
    fds[0].events = paused ? 0 : POLLIN;
    return loop_wait(fds, n);
}

static int admit(int listenfd)
{
    int connfd = loop_admit(listenfd);

    connected += connfd >= 0;
    return connfd;
}

static void leave(struct client *client, int broken)
{
    connected--;
    loop_leave(client, broken);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.wait = wait_for;
    loop.admit = admit;
    loop.leave = leave;
    serve_loop(tcp_listen(argc, argv), &loop);
}
