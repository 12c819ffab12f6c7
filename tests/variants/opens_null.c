// correct: a daemon; it closes 0 to 2 itself, opens /dev/null in their place and logs there (UNP 13.4)
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd;

    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        close(fd);
    listenfd = tcp_listen(argc, argv);
    Signal(SIGCHLD, sig_chld);
    for (;;) {
        start_worker(listenfd, accept_client(listenfd), str_echo);
        printf("served one more\n");
        fflush(stdout);
        fprintf(stderr, "served one more\n");
    }
}
