// mistake: the listener keeps an 8 KiB record of every client it ever had (malloc(3))
// invariant: bounded_memory
// fault: control
#include "unp.h"

#define RECORD (8 * 1024)

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;) {
        int connfd = accept_client(listenfd);
        char *volatile record = malloc(RECORD);

        if (record != NULL)
            memset(record, connfd, RECORD);
        start_worker(listenfd, connfd, str_echo);
    }
}
