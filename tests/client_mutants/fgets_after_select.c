// mistake: stdio has taken in a second line, of which poll() knows nothing (UNP 6.5)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void take_input(struct talk *talk)
{
    static char *line;
    static size_t room;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) < 0 && ferror(stdin) && errno == EINTR)
        clearerr(stdin);
    if (n < 0) {
        talk->cli->end_input(talk);
        return;
    }
    n = n < CHUNK ? n : CHUNK;
    memcpy(talk->chunk, line, (size_t)n);
    talk->at = 0;
    talk->unsent = (size_t)n;
    talk->owed += n;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.take_input = take_input;
    return run_client(argc, argv, &cli);
}
