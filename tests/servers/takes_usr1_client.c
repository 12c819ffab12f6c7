/*
 * An echo client that catches SIGUSR1 and nothing else; the third argument says what for.
 * "nothing": a correct client. "dies": the same, which takes EINTR of connect() for a failure: a
 * mistake. "ends": a correct client that SIGUSR1 ends; "prints": one that it makes print.
 */
#include "../client_mutants/unpcli.h"

static const char *meaning;

static void take(int signo)
{
    (void)signo;
    if (strcmp(meaning, "ends") == 0)
        _exit(3);
    if (strcmp(meaning, "prints") == 0 && write(STDOUT_FILENO, "here\n", 5) < 0)
        _exit(4);
}

static int attempt(int sockfd, const struct sockaddr_in *server)
{
    Signal(SIGWINCH, SIG_DFL);
    Signal(SIGUSR1, take);
    if (strcmp(meaning, "dies") == 0)
        return start_connect(sockfd, server);
    return cli_connect(sockfd, server);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    meaning = argv[3];
    cli.connect = attempt;
    return run_client(argc - 1, argv, &cli);
}
