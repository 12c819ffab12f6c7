// mistake: prints a typed chunk as soon as it is sent, whether or not it comes back (UNP 5.5)
// invariant: exact_output
// fault: peer_fin
#include "unpcli.h"

static void send_and_print(struct talk *talk)
{
    size_t at = talk->at;

    cli_send(talk);
    print_all(talk->chunk + at, talk->at - at);
}

static void forget(const char *from, size_t n)
{
    (void)from;
    (void)n;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.send = send_and_print;
    cli.print = forget;
    return run_client(argc, argv, &cli);
}
