// mistake: tells an early end of file and waits for the end of input, asking the socket all the time
// invariant: no_spin
// fault: peer_fin
#include "unpcli.h"

/* The status is right in the end. */
static void at_eof(struct talk *talk)
{
    static int told;

    if (talk->input_ended && (told || talk->owed > 0))
        err_quit(TERMINATED);
    if (!talk->input_ended && !told++)
        fprintf(stderr, "%s\n", TERMINATED);
    talk->finished = talk->input_ended;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
