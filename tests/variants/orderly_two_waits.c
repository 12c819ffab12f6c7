// correct: a helper checks each client, and SIGCHLD is blocked until main has waited for it (UNP 5.10)
#define FIXED
#include "../mutants/order_two_waits.c"
