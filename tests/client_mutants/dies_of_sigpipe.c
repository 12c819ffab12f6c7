// mistake: SIGPIPE is left at its default: a line typed after FIN and RST kills the client (UNP 5.13)
// invariant: dies_loudly
// fault: peer_reset
#include "unpcli.h"

static char line[MAXLINE], echo[MAXLINE];

/* Blocked in its input, as tcpcli01 is: that it learns of the FIN late is the book's, too. */
static void str_cli_lines(int sockfd)
{
    ssize_t n, came;

    while ((n = read_line(STDIN_FILENO, line, sizeof(line))) > 0) {
        if (writen(sockfd, line, (size_t)n) < 0)
            err_socket(errno);
        for (ssize_t left = n; left > 0; left -= came) {
            if ((came = read_some(sockfd, echo, (size_t)left)) < 0)
                err_socket(errno);
            if (came == 0)
                err_quit(TERMINATED);
            print_all(echo, (size_t)came);
        }
    }
    if (recv(sockfd, echo, 1, MSG_DONTWAIT) == 0)
        err_quit(TERMINATED);
}

int main(int argc, char **argv)
{
    int sockfd = connected(argc, argv);

    Signal(SIGPIPE, SIG_DFL);
    str_cli_lines(sockfd);
    return 0;
}
