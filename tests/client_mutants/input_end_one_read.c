// mistake: after the end of input it reads once more and is done (UNP 6.5, 3.9)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

static void receive(struct talk *talk)
{
    cli_receive(talk);
    if (talk->input_ended)
        talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
