// correct: SIGCHLD is blocked between fork() and the entry of the child, so that its handler finds it (APUE 10.16)
#define FIXED
#include "../mutants/order_entry_after_end.c"
