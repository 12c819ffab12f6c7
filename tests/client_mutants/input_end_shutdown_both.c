// mistake: SHUT_RDWR at the end of input: what has not been read yet is given up (UNP 6.6)
// invariant: no_data_lost_at_eof
// fault: control
#include "unpcli.h"

static void end_input(struct talk *talk)
{
    talk->input_ended = 1;
    if (shutdown(talk->sockfd, SHUT_RDWR) < 0 && errno != ENOTCONN)
        talk->cli->broken(errno);
}

/* Its own end of file, which is there at once. */
static void at_eof(struct talk *talk)
{
    if (!talk->input_ended)
        err_quit(TERMINATED);
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.end_input = end_input;
    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
