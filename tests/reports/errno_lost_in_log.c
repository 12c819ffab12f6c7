// report: yrutschle/sslh#538
// mistake: a failed accept() is logged before its errno is looked at, and the log changes errno
// invariant: listener_survives
// fault: control
#include "../mutants/unp.h"

/* What is no terminal gets no colours: isatty() sets ENOTTY. */
static void complain(const char *what)
{
    const char *colour = isatty(STDERR_FILENO) ? "\033[31m" : "";

    fprintf(stderr, "%s%s failed\n", colour, what);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);
        int error = errno;

        if (connfd >= 0) {
            start_worker(listenfd, connfd, str_echo);
            continue;
        }
        complain("accept");
#ifndef FIXED
        error = errno;
#endif
        if (!passing(error))
            return 0;
    }
}
