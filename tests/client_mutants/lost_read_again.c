// mistake: a read that fails is made again, and the second one returns 0: an end of file (read(2))
// invariant: reports_unreachable
// fault: host_crash
#include "unpcli.h"

static ssize_t read_until_it_works(int fd, void *into, size_t room)
{
    ssize_t n;

    while ((n = read(fd, into, room)) < 0 && errno != EAGAIN && errno != ECONNRESET)
        continue;
    return n;
}

static void receive(struct talk *talk)
{
    static char buf[CHUNK];
    ssize_t n = read_until_it_works(talk->sockfd, buf, sizeof(buf));

    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(buf, (size_t)n);
    } else if (n == 0)
        talk->cli->at_eof(talk);
    else if (errno != EAGAIN)
        talk->cli->broken(errno);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
