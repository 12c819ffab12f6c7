// mistake: the length of a longer earlier message is used for a shorter one (UNP 3.9)
// invariant: exact_echo
// fault: control
#include "loop.h"

static int fill(struct client *client)
{
    static size_t longest;
    size_t before = client->len;
    int result = loop_fill(client);

    if (before > 0 || client->len == 0)
        return result;
    if (client->len > longest)
        longest = client->len;
    client->len = longest;
    return result;
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
