// report: nmap/nmap#1413, nmap/nmap#894, nmap/nmap#1779
// mistake: when the server has closed the client is not told, and waits for the end of its input
// invariant: notices_eof
// fault: peer_fin
#include "../client_mutants/unpcli.h"

#ifndef FIXED
static int server_left;

static void at_eof(struct talk *talk)
{
    server_left = 1;
    talk->finished = talk->input_ended;
}

static void interest(const struct talk *talk, struct pollfd *fds)
{
    cli_interest(talk, fds);
    if (server_left)
        fds[0].fd = -1;
}

static void end_input(struct talk *talk)
{
    cli_end_input(talk);
    talk->finished = server_left;
}
#endif

int main(int argc, char **argv)
{
    struct cli cli = CLI;

#ifndef FIXED
    cli.at_eof = at_eof;
    cli.interest = interest;
    cli.end_input = end_input;
#endif
    return run_client(argc, argv, &cli);
}
