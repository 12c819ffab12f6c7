// correct: two places, counted in shared memory under a semaphore (UNP2 10.1)
#define FIXED
#include "../mutants/order_places_counter.c"
