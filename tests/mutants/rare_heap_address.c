// mistake: in 17 of 20 processes, by where the heap begins, long chunks lose a byte (RFC 862)
// invariant: exact_echo
// fault: control
#include "unp.h"
#include <stdint.h>

#define PAGE 4096
#define LONG 64

static char *heap;

/* Decided when the process starts; children have the address space of their parent. */
static int is_unlucky(void)
{
    return (uintptr_t)heap / PAGE % 20 < 17;
}

static void echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0) {
        if (n > LONG && is_unlucky())
            n--;
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    if ((heap = malloc(1)) == NULL)
        err_sys("malloc");
    serve_forking(listenfd, echo);
}
