/*
 * An echo server on poll() that catches SIGUSR1; the second argument says what for.
 * "nothing": a correct server. "dies": the same, whose poll() must not fail with EINTR: a mistake.
 * The others are correct, and SIGUSR1 is an order to them: "ends" at once, "leaves" the loop when
 * poll() was interrupted by it, "fails" then and says why, "listens" at another port as well, "pauses" until it comes
 * again, "drains": leaves when its clients have left.
 */
#include "../mutants/loop.h"

static volatile sig_atomic_t ordered;
static int paused, draining;
static const char *meaning;

static void take(int signo)
{
    (void)signo;
    ordered = 1;
    if (strcmp(meaning, "ends") == 0)
        _exit(3);
}

static void obey(void)
{
    ordered = 0;
    if (strcmp(meaning, "leaves") == 0)
        exit(0);
    if (strcmp(meaning, "fails") == 0) {
        fprintf(stderr, "told to end\n");
        exit(1);
    }
    paused ^= strcmp(meaning, "pauses") == 0;
    draining = strcmp(meaning, "drains") == 0;
    if (strcmp(meaning, "listens") == 0)
        listen(socket(AF_INET, SOCK_STREAM, 0), 5);
}

static int wait_here(struct pollfd *fds, nfds_t n)
{
    int ready, interrupted;

    if (paused)
        fds[0].events = 0;
    if (draining && n == 1)
        exit(0);
    ready = poll(fds, n, -1);
    interrupted = ready < 0 && errno == EINTR;
    if (interrupted && ordered)
        obey();
    else if (ready < 0)
        err_sys("poll");
    if (ready < 0 && strcmp(meaning, "dies") == 0)
        err_sys("poll");
    return ready;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    meaning = argv[2];
    loop.wait = wait_here;
    if (strcmp(meaning, "nothing") == 0)
        loop.wait = loop_wait;
    Signal(SIGUSR1, take);
    serve_loop(tcp_listen(argc - 1, argv), &loop);
}
