// mistake: a last line without a newline is sent with one (puts and println do that)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static char last = '\n';

static void take_input(struct talk *talk)
{
    cli_take_input(talk);
    if (talk->unsent)
        last = talk->chunk[talk->unsent - 1];
}

static void end_line(struct talk *talk)
{
    if (last == '\n') {
        cli_end_input(talk);
        return;
    }
    talk->chunk[0] = last = '\n';
    talk->at = 0;
    talk->unsent = 1;
    talk->owed++;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_input;
    cli.end_input = end_line;
    return run_client(argc, argv, &cli);
}
