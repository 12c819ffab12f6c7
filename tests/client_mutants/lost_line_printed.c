// mistake: what was sent counts as echoed where no answer comes any more, and is printed (UNP 5.14)
// invariant: exact_output
// fault: host_crash
#include "unpcli.h"

static char last[CHUNK];
static size_t length;

static void take_and_keep(struct talk *talk)
{
    cli_take_input(talk);
    length = talk->unsent;
    memcpy(last, talk->chunk + talk->at, length);
}

static void print_what_was_sent(int error)
{
    if (error == ETIMEDOUT || error == EHOSTUNREACH)
        print_all(last, length);
    err_socket(error);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_and_keep;
    cli.broken = print_what_was_sent;
    return run_client(argc, argv, &cli);
}
