// report: K0M15/webserv#54
// mistake: a read() that a signal interrupts counts as a broken connection, and the client is dropped
// invariant: exact_echo
// fault: signals
#include "../mutants/unp.h"

static void reopen_log(int signo)
{
    (void)signo;
}

static void copy(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

#ifdef FIXED
    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
#else
    while ((n = read(connfd, buf, sizeof(buf))) > 0)
#endif
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGUSR1, reopen_log);
    serve_forking(listenfd, copy);
}
