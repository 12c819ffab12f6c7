// correct: a detached thread for each client: no children, nothing to reap (UNP 26.4)
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    serve_threads(tcp_listen(argc, argv), str_echo);
}
