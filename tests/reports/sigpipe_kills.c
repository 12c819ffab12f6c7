// report: mangband/mangband#552, 1bit-MONSTER/1bit-MONSTER#1305, yhirose/cpp-httplib#77
// mistake: SIGPIPE has its default action, so the client that leaves before its answer takes the server with it
// invariant: listener_survives
// fault: eof_races
#include "../mutants/unp.h"

/* An answer is written in parts: the second meets the reset that was the answer to the first. */
static void in_parts(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, 512)) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

#ifdef FIXED
    Signal(SIGPIPE, SIG_IGN);
#endif
    for (;;)
        start_thread(accept_client(listenfd), in_parts);
}
