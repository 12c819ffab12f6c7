// mistake: an event loop forgets the 1100 bytes in which it kept a client's address (UNP 11.6)
// invariant: bounded_memory
// fault: control
#include "loop.h"

#define RECORD 1100

static int admit(int listenfd)
{
    int connfd = loop_admit(listenfd);
    char *volatile record;

    if (connfd >= 0 && (record = malloc(RECORD)) != NULL)
        snprintf(record, RECORD, "%*d", RECORD - 1, connfd);
    return connfd;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    serve_loop(tcp_listen(argc, argv), &loop);
}
