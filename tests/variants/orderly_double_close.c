// correct: a log entry between the last read and the one close of a thread's descriptor (close(2))
#define FIXED
#include "../mutants/order_double_close.c"
