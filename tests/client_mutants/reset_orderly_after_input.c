// mistake: a reset after the end of input is taken for the server having finished (UNP 5.15)
// invariant: reports_reset
// fault: peer_reset
#include "unpcli.h"

static void receive(struct talk *talk)
{
    static char buf[CHUNK];
    ssize_t n = read(talk->sockfd, buf, sizeof(buf));

    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(buf, (size_t)n);
    } else if (n == 0) {
        talk->cli->at_eof(talk);
    } else if (!passing(errno)) {
        if (!talk->input_ended)
            talk->cli->broken(errno);
        talk->finished = 1;
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
