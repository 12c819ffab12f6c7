// correct: a pool whose master refills it, sleeping in sigsuspend(): no SIGCHLD comes between the test and the sleep (UNP 20.5)
#define FIXED
#include "../mutants/order_pause_flag.c"
