// report: objeck/objeck-lang#670, objectionary/eo#6831
// mistake: one send() for what was read; what it did not take is forgotten
// invariant: exact_echo
// fault: short_counts
#include "../mutants/unp.h"

static void send_back(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
#ifdef FIXED
        if (writen(connfd, buf, (size_t)n) < 0)
#else
        if (send(connfd, buf, (size_t)n, 0) < 0)
#endif
            return;
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), send_back);
}
