// report: CollaboraOnline/online#11672, ArcticaProject/nx-libs#854, OpenRC/openrc#589
// mistake: the handler of SIGCHLD allocates memory, and malloc() may be what it has interrupted
// invariant: listener_survives
// fault: held_listener
// missed: malloc() holds its lock between two instructions, and makes no system call there at which it could be held
#include "../mutants/unp.h"

static char *last;

static void remember(const char *what, int number)
{
    char *line = NULL;

    if (asprintf(&line, "%s %d", what, number) < 0)
        return;
    free(last);
    last = line;
}

static void child_ended(int signo)
{
    int saved = errno;
    pid_t pid;

    (void)signo;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
#ifndef FIXED
        remember("ended", pid);
#else
        continue;
#endif
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, child_ended);
    for (;;)
        remember("started", start_worker(listenfd, accept_client(listenfd), str_echo));
}
