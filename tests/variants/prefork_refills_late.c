// correct: one poll loop made beforehand, replaced when a timer of the master next runs out (UNP 30.6, timerfd_create(2))
#include "../mutants/loop.h"
#include <sys/prctl.h>
#include <sys/timerfd.h>

static pid_t start(int listenfd, pid_t master)
{
    struct loop loop = LOOP;
    pid_t child = fork();

    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    Signal(SIGCHLD, SIG_DFL);
    serve_loop(listenfd, &loop);
}

static void ended(int signo)
{
    (void)signo;
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct itimerspec tick = {{0, 300000000}, {0, 300000000}};
    pid_t master = getpid(), child;
    uint64_t expired;

    Signal(SIGCHLD, ended);
    if (timer < 0 || timerfd_settime(timer, 0, &tick, NULL) < 0)
        err_sys("timerfd");
    child = start(listenfd, master);
    for (;;) {
        if (read(timer, &expired, sizeof(expired)) < 0) {
            if (errno != EINTR)
                err_sys("read");
            continue;
        }
        if (child < 0 || waitpid(child, NULL, WNOHANG) == child)
            child = start(listenfd, master);
    }
}
