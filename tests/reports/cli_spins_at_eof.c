// report: wg/wrk#179, networkupstools/nut#225, oskarirauta/speedtestcpp#3
// mistake: a read() of 0 bytes is taken for nothing: with the server gone the client reads for ever
// invariant: no_spin
// fault: peer_fin
#include "../client_mutants/unpcli.h"

#ifndef FIXED
static void receive(struct talk *talk)
{
    char buf[MAXLINE];
    ssize_t n = read(talk->sockfd, buf, sizeof(buf));

    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(buf, (size_t)n);
    } else if (n < 0 && !passing(errno)) {
        talk->cli->broken(errno);
    } else if (n == 0 && talk->input_ended && talk->owed == 0) {
        talk->finished = 1;
    }
}
#endif

int main(int argc, char **argv)
{
    struct cli cli = CLI;

#ifndef FIXED
    cli.receive = receive;
#endif
    return run_client(argc, argv, &cli);
}
