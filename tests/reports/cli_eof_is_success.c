// report: databento/databento-rs#68, measurement-kit/measurement-kit#1175
// mistake: an end of file that comes while echoes are owed counts as the end of the answer, in silence
// invariant: reports_eof
// fault: peer_fin
#include "../client_mutants/unpcli.h"

#ifndef FIXED
static void at_eof(struct talk *talk)
{
    talk->finished = 1;
}
#endif

int main(int argc, char **argv)
{
    struct cli cli = CLI;

#ifndef FIXED
    cli.at_eof = at_eof;
#endif
    return run_client(argc, argv, &cli);
}
