/* A correct server that computes for 10 ms for each read: a poll loop, see loop.h. */
#include "../mutants/loop.h"

#include <time.h>

static int fill(struct client *client)
{
    struct timespec now, began;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - began.tv_sec) * 1000000000L + now.tv_nsec - began.tv_nsec < 10000000L);
    return loop_fill(client);
}

int main(int argc, char **argv)
{
    struct loop loop = LOOP;

    loop.fill = fill;
    serve_loop(tcp_listen(argc, argv), &loop);
}
