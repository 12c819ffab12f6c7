// mistake: a reset that answers the line just sent is told as the server's end (UNP 5.12)
// invariant: reports_reset
// fault: fin_rst_order
#include "unpcli.h"

static void receive(struct talk *talk)
{
    char peeked;

    if (talk->owed > 0 && recv(talk->sockfd, &peeked, 1, MSG_PEEK) < 0 && errno == ECONNRESET)
        err_quit(TERMINATED);
    cli_receive(talk);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
