// correct: SA_RESTART, so accept() never returns EINTR; in C the handler runs all the same (UNP 5.8)
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), connfd;
    struct sigaction action = {.sa_handler = sig_chld, .sa_flags = SA_RESTART};

    sigaction(SIGCHLD, &action, NULL);
    for (;;) {
        if ((connfd = accept(listenfd, NULL, NULL)) >= 0)
            start_worker(listenfd, connfd, str_echo);
        else if (errno == EINTR || !passing(errno))
            err_sys("accept error");
    }
}
