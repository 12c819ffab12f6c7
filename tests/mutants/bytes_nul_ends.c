// mistake: what was read is measured with strlen(), so a NUL byte ends it (UNP 3.9, 5.18)
// invariant: exact_echo
// fault: control
#include "loop.h"

static int fill(struct client *client)
{
    char line[MAXLINE + 1];
    size_t room = client->size - client->len;
    ssize_t n = read(client->fd, line, room < MAXLINE ? room : MAXLINE);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (n == 0)
        client->eof = 1;
    line[n] = '\0';
    memcpy(client->buf + client->len, line, strlen(line));
    client->len += strlen(line);
    return 0;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
