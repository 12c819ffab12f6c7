// mistake: EAGAIN of fork() ends the listener instead of turning one client away (fork(2))
// invariant: listener_survives
// fault: fork_errors
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    Signal(SIGCHLD, sig_chld);
    for (;;)
        if (start_worker(listenfd, accept_client(listenfd), str_echo) < 0)
            err_sys("fork error");
}
