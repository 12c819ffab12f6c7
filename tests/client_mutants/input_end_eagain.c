// mistake: after the end of input it reads until read() fails, and takes EAGAIN for the end (UNP 16.2)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

static void end_input(struct talk *talk)
{
    cli_end_input(talk);
    print_what_is_left(talk);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.end_input = end_input;
    return run_client(argc, argv, &cli);
}
