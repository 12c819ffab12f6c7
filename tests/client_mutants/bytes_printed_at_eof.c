// mistake: at EOF read() returns 0, and the echo before is printed again, and for ever (read(2))
// invariant: exact_output
// fault: control
#include "unpcli.h"

static void receive(struct talk *talk)
{
    static char buf[CHUNK];
    static size_t length;
    ssize_t n = read(talk->sockfd, buf, sizeof(buf));

    if (n < 0) {
        if (!passing(errno))
            talk->cli->broken(errno);
        return;
    }
    if (n > 0)
        length = (size_t)n;
    talk->owed -= n;
    talk->cli->print(buf, length);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
