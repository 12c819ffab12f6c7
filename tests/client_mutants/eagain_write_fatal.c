// mistake: a full send buffer (EAGAIN) is taken for a lost connection (UNP 16.2)
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void send_or_die(struct talk *talk)
{
    int error = 0;

    while (talk->unsent && !error) {
        ssize_t n = write(talk->sockfd, talk->chunk + talk->at, talk->unsent);

        if (n >= 0)
            consume(talk, (size_t)n);
        else if (errno != EINTR)
            error = errno;
    }
    if (error) {
        print_what_is_left(talk);
        talk->cli->broken(error);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.send = send_or_die;
    return run_client(argc, argv, &cli);
}
