// mistake: five clients at most: a sixth is closed at once without a byte (UNP 6.8, too many clients)
// invariant: exact_echo
// fault: disconnect_burst
#include "loop.h"

static int clients;

static int admit(int listenfd)
{
    int connfd = loop_admit(listenfd);

    if (connfd < 0)
        return -1;
    if (clients == 5) {
        close(connfd);
        return -1;
    }
    clients++;
    return connfd;
}

static void leave(struct client *client, int broken)
{
    clients--;
    loop_leave(client, broken);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    loop.leave = leave;
    serve_loop(tcp_listen(argc, argv), &loop);
}
