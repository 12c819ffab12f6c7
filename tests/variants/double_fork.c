// correct: double fork: the first child is waited for at once, the worker belongs to init (APUE 8.6)
#include "../mutants/unp.h"

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);

    for (;;) {
        int connfd = accept_client(listenfd);
        pid_t pid = fork();

        if (pid == 0) {
            start_worker(listenfd, connfd, str_echo);
            _exit(0);
        }
        close(connfd);
        while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
}
