// mistake: blocked in fgets() when the server goes: tcpcli01 (UNP 5.5, 5.12)
// invariant: notices_eof
// fault: peer_fin
#include "unpcli.h"

static char line[MAXLINE], echo[MAXLINE];

int main(int argc, char **argv)
{
    int sockfd = connected(argc, argv);
    struct pollfd fd = {.fd = sockfd, .events = POLLIN};
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
    if (poll(&fd, 1, 0) > 0) {
        if ((n = read_some(sockfd, echo, 1)) < 0)
            err_socket(errno);
        if (n == 0)
            err_quit(TERMINATED);
    }
    return 0;
}
