// mistake: perror() after a read of 0, which sets no errno: it tells an old one, or success (read(2))
// invariant: reports_eof
// fault: peer_fin
#include "unpcli.h"

static void at_eof(struct talk *talk)
{
    if (!talk->input_ended || talk->owed > 0)
        err_sys("str_cli: read error");
    talk->finished = 1;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.at_eof = at_eof;
    return run_client(argc, argv, &cli);
}
