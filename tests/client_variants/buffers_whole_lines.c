// correct: input is sent by whole lines, and what is left of the last one at its end (UNP 3.9)
#include "../client_mutants/unpcli.h"

static char *kept;
static size_t length;

static void release(struct talk *talk, size_t n)
{
    talk->at = 0;
    talk->unsent = n;
    talk->owed += (long)n;
    memcpy(talk->chunk, kept, n);
    memmove(kept, kept + n, length - n);
    length -= n;
}

/* A line longer than the buffer is sent in parts. */
static void take_input(struct talk *talk)
{
    ssize_t n = read(STDIN_FILENO, kept + length, CHUNK - length);
    char *newline;

    if (n < 0 && !passing(errno))
        err_sys("str_cli: standard input");
    if (n == 0)
        talk->cli->end_input(talk);
    if (n <= 0)
        return;
    length += (size_t)n;
    newline = memrchr(kept, '\n', length);
    if (newline)
        release(talk, (size_t)(newline + 1 - kept));
    else if (length == CHUNK)
        release(talk, length);
}

/* After the end of a pipe each further read returns 0 again. */
static void end_input(struct talk *talk)
{
    if (length)
        release(talk, length);
    else
        cli_end_input(talk);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    if (!(kept = malloc(CHUNK)))
        err_sys("malloc");
    cli.take_input = take_input;
    cli.end_input = end_input;
    return run_client(argc, argv, &cli);
}
