/*
 * A correct server of processes whose workers compute for 50 ms after their client has left: their
 * SIGCHLD comes late, and the accept() that the listener sleeps in is made anew then.
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
    serve_forking(tcp_listen(argc, argv), echo_and_compute);
}
