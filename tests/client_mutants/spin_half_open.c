// mistake: tells an early end of file, and waits for that of its input without any sleep (UNP 6.7)
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
