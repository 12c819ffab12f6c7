// mistake: EAGAIN of write() is answered by the next write(), until there is room (UNP 16.2)
// invariant: no_spin
// fault: control
#include "unpcli.h"

/* What was typed is sent at once. Echoes are taken in meanwhile, so that nothing stands still. */
static void take_input(struct talk *talk)
{
    cli_take_input(talk);
    while (talk->unsent && !talk->finished) {
        talk->cli->send(talk);
        if (talk->unsent)
            talk->cli->receive(talk);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_input;
    return run_client(argc, argv, &cli);
}
