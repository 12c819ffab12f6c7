// correct: a blocking socket, asked with MSG_DONTWAIT, and a poll() with a tick of 0.2 s (UNP 6.10)
#include "../client_mutants/unpcli.h"

#define TICK 200

static int wait_tick(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, TICK);

    if (ready < 0 && errno != EINTR)
        err_sys("poll");
    return ready;
}

static void send_some(struct talk *talk)
{
    ssize_t n = send(talk->sockfd, talk->chunk + talk->at, talk->unsent, MSG_DONTWAIT);
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

    cli.wait = wait_tick;
    cli.send = send_some;
    str_cli(&cli, tcp_connect(argc, argv, cli.connect, cli.refused));
    return 0;
}
