// mistake: reaps the workers that said goodbye on a pipe, so never a killed one (waitpid(2))
// invariant: no_zombies
// fault: killed_children
#include "unp.h"

static int goodbye[2];

static void echo_and_say_goodbye(int connfd)
{
    pid_t self = getpid();

    close(goodbye[0]);
    str_echo(connfd);
    if (writen(goodbye[1], &self, sizeof(self)) < 0)
        err_sys("write");
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    struct pollfd fds[2];
    pid_t pid;

    signal(SIGPIPE, SIG_IGN);
    if (pipe(goodbye) < 0)
        err_sys("pipe");
    fds[0] = (struct pollfd){listenfd, POLLIN, 0};
    fds[1] = (struct pollfd){goodbye[0], POLLIN, 0};
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents && read_some(goodbye[0], &pid, sizeof(pid)) == sizeof(pid))
            waitpid(pid, NULL, 0);
        if (fds[0].revents)
            start_worker(listenfd, accept_client(listenfd), echo_and_say_goodbye);
    }
}
