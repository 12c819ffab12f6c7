// mistake: EINTR of poll() ends an event loop that catches SIGURG to count clients (UNP 5.9)
// invariant: listener_survives
// fault: signals
#include "loop.h"

static volatile sig_atomic_t report_wanted;

static void want_report(int signo)
{
    (void)signo;
    report_wanted = 1;
}

static int wait_or_die(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, -1);

    if (ready < 0)
        err_sys("poll");
    if (report_wanted)
        fprintf(stderr, "%d clients\n", (int)n - 1);
    report_wanted = 0;
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.wait = wait_or_die;
    Signal(SIGURG, want_report);
    serve_loop(tcp_listen(argc, argv), &loop);
}
