// correct: a few bytes are read and printed at a time, so that lines are cut anywhere (UNP 3.9)
#include "../client_mutants/unpcli.h"

static void receive(struct talk *talk)
{
    char few[61];
    ssize_t n = read(talk->sockfd, few, sizeof(few));

    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(few, (size_t)n);
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
