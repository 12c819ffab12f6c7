// mistake: reads before it forks, as TCP_DEFER_ACCEPT brings clients with data; that ends after a while (tcp(7))
// invariant: prompt_service
// fault: unfinished_handshakes
#include "unp.h"
#include <netinet/tcp.h>

static char first[MAXLINE];
static ssize_t length;

static void str_echo_on(int connfd)
{
    if (length > 0 && writen(connfd, first, (size_t)length) == length)
        str_echo(connfd);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), seconds = 1;

    setsockopt(listenfd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof(seconds));
    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);

        length = read_some(connfd, first, sizeof(first));
        start_worker(listenfd, connfd, str_echo_on);
    }
}
