// mistake: after a reset it reads again, and the second read says end of file (UNP 5.13)
// invariant: reports_reset
// fault: peer_reset
#include "unpcli.h"

static void receive(struct talk *talk)
{
    static char buf[CHUNK];
    ssize_t n;

    while ((n = read(talk->sockfd, buf, sizeof(buf))) < 0 && errno != EAGAIN)
        continue;
    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(buf, (size_t)n);
    } else if (n == 0) {
        talk->cli->at_eof(talk);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
