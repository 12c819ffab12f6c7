// correct: each process accepts one client, unlinks its pid file, and then tells the master (UNP 30.6)
// directory: 1
#define FIXED
#include "../mutants/order_pid_file.c"
