// correct: one byte is read and printed at a time, which is slow and right
#include "../client_mutants/unpcli.h"

static void receive(struct talk *talk)
{
    char byte;
    ssize_t n = read(talk->sockfd, &byte, 1);

    if (n > 0) {
        talk->owed--;
        talk->cli->print(&byte, 1);
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
