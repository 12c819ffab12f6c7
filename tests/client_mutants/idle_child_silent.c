// mistake: a child reads the socket, and its parent is not told when it has ended (UNP 6.4, 16.2)
// invariant: notices_eof
// fault: peer_fin
#include "unpcli.h"
#include <sys/mman.h>
#include <sys/prctl.h>

static volatile long *balance; /* sent by the parent, less what the child has printed */
static char buf[CHUNK];

static _Noreturn void copy_echoes(int sockfd)
{
    ssize_t n;

    while ((n = read_some(sockfd, buf, sizeof(buf))) > 0) {
        __sync_fetch_and_sub(balance, n);
        print_all(buf, (size_t)n);
    }
    if (n < 0)
        err_socket(errno);
    exit(0);
}

int main(int argc, char **argv)
{
    int sockfd = connected(argc, argv), status = 0;
    ssize_t n;
    pid_t child;

    balance = mmap(NULL, sizeof(*balance), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (balance == MAP_FAILED || (child = fork()) < 0)
        err_sys("str_cli");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        copy_echoes(sockfd);
    }
    while ((n = read_some(STDIN_FILENO, buf, sizeof(buf))) > 0) {
        __sync_fetch_and_add(balance, n);
        if (writen(sockfd, buf, (size_t)n) < 0)
            err_socket(errno);
    }
    shutdown(sockfd, SHUT_WR);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (status == 0 && *balance > 0)
        err_quit(TERMINATED);
    return status != 0;
}
