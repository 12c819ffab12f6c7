// correct: four processes take turns at accept() with a lock on a file, which the kernel releases (UNP 30.7, fcntl(2))
#include "../mutants/unp.h"
#include <sys/prctl.h>

#define PROCESSES 4

static FILE *file;

static void turn(short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    while (fcntl(fileno(file), F_SETLKW, &whole) < 0)
        if (errno != EINTR)
            err_sys("fcntl");
}

static void start(int listenfd, pid_t master)
{
    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        exit(0);
    Signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connfd;

        turn(F_WRLCK);
        connfd = accept_client(listenfd);
        turn(F_UNLCK);
        start_thread(connfd, str_echo);
    }
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv);
    pid_t master = getpid();

    if ((file = tmpfile()) == NULL)
        err_sys("tmpfile");
    for (int i = 0; i < PROCESSES; i++)
        start(listenfd, master);
    for (;;)
        if (wait(NULL) > 0)
            start(listenfd, master);
        else if (errno != EINTR)
            err_sys("wait");
}
