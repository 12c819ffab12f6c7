// mistake: what a read returns is a command as well: "quit" ends the session (RFC 862)
// invariant: exact_echo
// fault: control
#include "unp.h"

static void echo_until_quit(int connfd)
{
    char buffer[MAXLINE];
    ssize_t count;

    while ((count = read(connfd, buffer, sizeof(buffer))) > 0) {
        if (count >= 4 && count <= 6 && memcmp(buffer, "quit", 4) == 0)
            return;
        if (writen(connfd, buffer, count) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo_until_quit);
}
