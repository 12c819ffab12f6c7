// mistake: a byte 0x04 in what is typed is taken for the end of input (termios, VEOF)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void take_input(struct talk *talk)
{
    const char *end;

    cli_take_input(talk);
    end = memchr(talk->chunk, 4, talk->unsent);
    if (end != NULL) {
        talk->owed -= (long)talk->unsent - (end - talk->chunk);
        talk->unsent = (size_t)(end - talk->chunk);
        write(talk->sockfd, talk->chunk, talk->unsent);
        talk->unsent = 0;
        talk->cli->end_input(talk);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_input;
    return run_client(argc, argv, &cli);
}
