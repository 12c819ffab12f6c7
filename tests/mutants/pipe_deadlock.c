// mistake: echo through cat and two pipes by one thread: megabytes block both ends (pipe(7))
// invariant: exact_echo
// fault: control
// connections: 4
#include "unp.h"

#define LARGE (1024 * 1024)

static char buf[LARGE];

/* Socket to cat, cat to socket, each with a blocking write: while this one writes to cat, cat writes. */
static void relay(int connfd, int to, int from)
{
    struct pollfd fds[2] = {{connfd, POLLIN, 0}, {from, POLLIN, 0}};
    ssize_t n;

    for (;;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents) {
            if ((n = read_some(from, buf, LARGE)) <= 0 || writen(connfd, buf, (size_t)n) < 0)
                return;
        } else if ((n = read_some(connfd, buf, LARGE)) > 0) {
            if (writen(to, buf, (size_t)n) < 0)
                return;
        } else {
            close(to);
            fds[0].fd = -1;
        }
    }
}

static void echo(int connfd)
{
    int to[2], from[2];

    Signal(SIGCHLD, SIG_IGN);
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
        err_sys("pipe2");
    if (fork() == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(connfd);
        execlp("cat", "cat", (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    relay(connfd, to[1], from[0]);
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), echo);
}
