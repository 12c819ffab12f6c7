// correct: each client is served by another program, cat, as inetd does it (UNP 13.5)
#include "../mutants/unp.h"

static void exec_cat(int connfd)
{
    dup2(connfd, STDIN_FILENO);
    dup2(connfd, STDOUT_FILENO);
    close(connfd);
    execlp("cat", "cat", (char *)NULL);
    err_sys("cat");
}

int main(int argc, char **argv)
{
    serve_forking(tcp_listen(argc, argv), exec_cat);
}
