// mistake: close() instead of shutdown() at the end of input: nothing can be read any more (UNP 6.6)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

static void end_input(struct talk *talk)
{
    talk->input_ended = 1;
    talk->finished = 1;
    if (close(talk->sockfd) < 0)
        err_sys("close");
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.end_input = end_input;
    return run_client(argc, argv, &cli);
}
