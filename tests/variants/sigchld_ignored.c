// correct: SIGCHLD is ignored: the kernel reaps, without handler or wait (waitpid(2), UNP 5.9)
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    signal(SIGCHLD, SIG_IGN);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), str_echo);
}
