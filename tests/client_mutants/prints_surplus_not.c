// mistake: what a server sends beyond what it owes is thrown away without a word (RFC 862)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void receive(struct talk *talk)
{
    char buf[MAXLINE];
    ssize_t n = read(talk->sockfd, buf, sizeof(buf));

    if (n > 0) {
        talk->cli->print(buf, (size_t)(n < talk->owed ? n : talk->owed));
        talk->owed -= n < talk->owed ? n : talk->owed;
    } else if (n == 0) {
        talk->cli->at_eof(talk);
    } else if (!passing(errno)) {
        talk->cli->broken(errno);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
