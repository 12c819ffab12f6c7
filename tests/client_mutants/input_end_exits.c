// mistake: ends at the end of input, with echoes still on their way (UNP 6.5)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

static void end_input(struct talk *talk)
{
    cli_end_input(talk);
    exit(0);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.end_input = end_input;
    return run_client(argc, argv, &cli);
}
