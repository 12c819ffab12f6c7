// report: minpeter/et.rs#7, weechat/weechat#680, MisterTea/EternalTerminal#516
// mistake: a window that changes its size interrupts poll(), and EINTR ends the session
// invariant: exact_output
// fault: signals
#include "../client_mutants/unpcli.h"

static int wait_for(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, -1);

#ifdef FIXED
    if (ready < 0 && errno == EINTR)
        return -1;
#endif
    if (ready < 0)
        err_sys("polling");
    return ready;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_for;
    return run_client(argc, argv, &cli);
}
