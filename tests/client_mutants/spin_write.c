// mistake: EAGAIN of write() is answered by the next write(), until there is room (UNP 16.2)
// invariant: no_spin
// fault: control
#include "unpcli.h"

/* Echoes are taken in meanwhile, so that nothing comes to a standstill. */
static void send_all(struct talk *talk)
{
    while (talk->unsent && !talk->finished) {
        cli_send(talk);
        if (talk->unsent)
            talk->cli->receive(talk);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.send = send_all;
    return run_client(argc, argv, &cli);
}
