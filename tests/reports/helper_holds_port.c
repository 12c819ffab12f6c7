// report: cesanta/mongoose#1302, jolt-lang/jolt#596, hammerlab/ketrew#373
// mistake: a program that the server starts inherits its listening socket, lives on, and keeps the port
// invariant: clean_restart
// fault: control
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

#ifdef FIXED
    fcntl(listenfd, F_SETFD, FD_CLOEXEC);
#endif
    if (fork() == 0) {
        execlp("sleep", "sleep", "600", (char *)NULL);
        _exit(127);
    }
    serve_forking(listenfd, str_echo);
}
