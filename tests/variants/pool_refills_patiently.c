// correct: what takes the place of a killed process ends at once; the master waits twice as long each time (UNP 30.6)
#include "../mutants/slots.h"
#include <time.h>

#define LONGEST 1000000000L

static void longer_each_time(void)
{
    static long nanoseconds = 20000000L;
    struct timespec moment = {nanoseconds / LONGEST, nanoseconds % LONGEST};

    nanosleep(&moment, NULL);
    nanoseconds = nanoseconds < LONGEST / 2 ? 2 * nanoseconds : LONGEST;
}

int main(int argc, char **argv)
{
    serve_in_slots(tcp_listen(argc, argv), longer_each_time);
}
