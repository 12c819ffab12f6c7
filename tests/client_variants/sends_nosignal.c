// correct: SIGPIPE has its default action, for standard output; the socket is sent to with MSG_NOSIGNAL (send(2))
#include "../client_mutants/unpcli.h"

static void send_chunk(struct talk *talk)
{
    ssize_t n = send(talk->sockfd, talk->chunk + talk->at, talk->unsent, MSG_NOSIGNAL);
    int error = errno;

    if (n >= 0) {
        consume(talk, (size_t)n);
    } else if (!passing(error)) {
        print_what_is_left(talk);
        talk->cli->broken(error);
    }
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;
    int sockfd = connected(argc, argv);

    Signal(SIGPIPE, SIG_DFL);
    set_nonblocking(sockfd);
    cli.send = send_chunk;
    str_cli(&cli, sockfd);
    return 0;
}
