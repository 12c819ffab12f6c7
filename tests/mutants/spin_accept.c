// mistake: a non-blocking listener asks accept() again and again while there is nobody (UNP 16.6)
// invariant: no_spin
// fault: control
#include "unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    set_nonblocking(listenfd);
    serve_forking(listenfd, str_echo);
}
