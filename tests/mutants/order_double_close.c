// mistake: a thread closes its client's descriptor, writes to the log, and closes the number again, which may be the next client's by then (close(2))
// invariant: exact_echo
// fault: schedules
#include "unp.h"

static void note(const char *what)
{
    if (write(STDERR_FILENO, what, strlen(what)) < 0)
        return;
}

static void echo_and_close(int connfd)
{
    str_echo(connfd);
#ifndef FIXED
    close(connfd);
#endif
    note("a client has left\n");
}

/* poll() first: accept() takes its number before it waits. */
int main(int argc, char **argv)
{
    struct pollfd ready = {.fd = tcp_listen(argc, argv), .events = POLLIN};

    set_nonblocking(ready.fd);
    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd;

        if (poll(&ready, 1, -1) < 1)
            continue;
        connfd = accept(ready.fd, NULL, NULL);
        if (connfd >= 0)
            start_thread(connfd, echo_and_close);
        else if (!passing(errno))
            err_sys("accept");
    }
}
