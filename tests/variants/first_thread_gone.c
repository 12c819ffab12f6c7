// correct: the first thread ends, others serve: the process shows as a zombie (pthread_exit(3))
#include "../mutants/unp.h"

static void *serve(void *listenfd)
{
    serve_threads(*(int *)listenfd, str_echo);
}

int main(int argc, char **argv)
{
    static int listenfd;
    pthread_t thread;

    listenfd = tcp_listen(argc, argv);
    if (pthread_create(&thread, NULL, serve, &listenfd) != 0)
        err_sys("pthread_create error");
    pthread_exit(NULL);
}
