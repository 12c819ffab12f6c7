// mistake: the last byte of the input is cut off as if it were a newline (line[strlen(line) - 1] = 0)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

static char held;
static int is_held;

/* The byte that was held goes first, and a last one that ends no line is held. */
static void take_input(struct talk *talk)
{
    ssize_t n = read(STDIN_FILENO, talk->chunk + is_held, sizeof(talk->chunk) - 1);

    if (n < 0 && !passing(errno))
        err_sys("str_cli: standard input");
    if (n == 0)
        talk->cli->end_input(talk);
    if (n <= 0)
        return;
    talk->chunk[0] = is_held ? held : talk->chunk[0];
    n += is_held;
    held = talk->chunk[n - 1];
    is_held = held != '\n';
    talk->at = 0;
    talk->unsent = (size_t)(n - is_held);
    talk->owed += n - is_held;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_input;
    return run_client(argc, argv, &cli);
}
