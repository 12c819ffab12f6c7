/*
 * A correct server of processes whose workers compute for 50 ms after their client has left. Its
 * handler of SIGCHLD has SA_RESTART: the accept() that it sleeps in is made anew when one has ended.
 */
#include "../mutants/unp.h"

#include <time.h>

static void echo_and_compute(int connfd)
{
    struct timespec used;

    str_echo(connfd);
    close(connfd);
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec == 0 && used.tv_nsec < 50000000L);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), connfd;
    struct sigaction action = {.sa_handler = sig_chld, .sa_flags = SA_RESTART};

    sigaction(SIGCHLD, &action, NULL);
    for (;;) {
        if ((connfd = accept(listenfd, NULL, NULL)) >= 0)
            start_worker(listenfd, connfd, echo_and_compute);
        else if (errno == EINTR || !passing(errno))
            err_sys("accept error");
    }
}
