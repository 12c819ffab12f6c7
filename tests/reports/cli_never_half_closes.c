// report: u-root/u-root#3329
// mistake: the end of the input is not passed on to the server, so that both wait for ever
// invariant: exit_status
// fault: control
#include "../client_mutants/unpcli.h"

static void end_input(struct talk *talk)
{
    talk->input_ended = 1;
#ifdef FIXED
    shutdown(talk->sockfd, SHUT_WR);
#endif
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.end_input = end_input;
    return run_client(argc, argv, &cli);
}
