// mistake: of the errors of read() the loop of all knows ECONNRESET alone; ETIMEDOUT ends it (UNP 6.11, 5.14)
// invariant: listener_survives
// fault: host_crash
#include "loop.h"

static int fill_or_die(struct client *client)
{
    ssize_t n = read(client->fd, client->buf + client->len, client->size - client->len);

    if (n >= 0) {
        client->eof = n == 0;
        client->len += (size_t)n;
        return 0;
    }
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    if (errno != ECONNRESET)
        err_sys("read");
    return -1;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill_or_die;
    Signal(SIGPIPE, SIG_IGN);
    serve_loop(tcp_listen(argc, argv), &loop);
}
