// correct: a flag set by SIGCHLD, which only pselect() lets in (UNP 20.5)
#define FIXED
#include "../mutants/order_select_flag.c"
