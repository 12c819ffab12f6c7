// report: OpenPrinting/pappl-retrofit#29
// mistake: the handler of SIGCHLD logs with the function of the main program, and waits for a mutex that this holds
// invariant: listener_survives
// fault: held_listener
#include "../mutants/unp.h"

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static volatile sig_atomic_t ended;

static void put_in_log(const char *line)
{
    pthread_mutex_lock(&log_lock);
    writen(STDERR_FILENO, line, strlen(line));
    pthread_mutex_unlock(&log_lock);
}

static void child_ended(int signo)
{
    int saved = errno;

    (void)signo;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ended++;
#ifndef FIXED
    put_in_log("a worker has ended\n");
#endif
    errno = saved;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, child_ended);
    for (;;) {
        start_worker(listenfd, accept_client(listenfd), str_echo);
        put_in_log("a worker has started\n");
    }
}
