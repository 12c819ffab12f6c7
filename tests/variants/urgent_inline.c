// correct: urgent bytes stay in their place in the stream: SO_OOBINLINE, in a poll loop (UNP 24.2)
#include "../mutants/loop.h"

static int admit(int listenfd)
{
    int on = 1, connfd = loop_admit(listenfd);

    if (connfd >= 0 && setsockopt(connfd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)) < 0)
        err_sys("setsockopt");
    return connfd;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.admit = admit;
    serve_loop(tcp_listen(argc, argv), &loop);
}
