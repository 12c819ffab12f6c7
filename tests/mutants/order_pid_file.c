// mistake: a process that hands over tells the master first and unlinks the pid file after that: it may be the next one's by then (UNP 13.4)
// invariant: listener_survives
// fault: schedules
// directory: 1
#include "unp.h"
#include <sys/prctl.h>

/* Each process accepts one client; then the master starts the next. Who accepts stands in a file. */
static char name[4096];

/* Waits for a descriptor where there is none: a client must not be lost for that. */
static int open_file(int flags)
{
    int fd;

    while ((fd = open(name, flags | O_CLOEXEC, 0600)) < 0 && errno == EMFILE)
        poll(NULL, 0, 20);
    return fd;
}

static void write_file(void)
{
    int fd = open_file(O_WRONLY | O_CREAT | O_TRUNC);
    pid_t own = getpid();

    if (fd < 0 || write(fd, &own, sizeof(own)) < 0)
        err_sys(name);
    close(fd);
}

static int is_ours(void)
{
    int fd = open_file(O_RDONLY);
    pid_t found = 0;

    if (fd < 0 || read(fd, &found, sizeof(found)) < 0)
        return 0;
    close(fd);
    return found == getpid();
}

static void tell(int master)
{
    if (write(master, "", 1) < 0)
        err_sys("write");
}

static void serve(int listenfd, int master)
{
    int connfd;

    write_file();
    connfd = accept_client(listenfd);
    if (!is_ours())
        exit(0); /* The next one has taken over: the client is its. */
    close(listenfd);
#ifdef FIXED
    unlink(name);
    tell(master);
#else
    tell(master);
    unlink(name);
#endif
    close(master);
    str_echo(connfd);
    exit(0);
}

/* Returns when the next process is to be started: this one has accepted a client, or ended. */
static void start(int listenfd)
{
    pid_t master = getpid();
    int channel[2];
    char byte;

    while (pipe2(channel, O_CLOEXEC) < 0)
        poll(NULL, 0, 20);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != master)
            exit(0);
        signal(SIGCHLD, SIG_DFL);
        close(channel[0]);
        serve(listenfd, channel[1]);
    }
    close(channel[1]);
    while (read(channel[0], &byte, 1) < 0)
        if (errno != EINTR)
            err_sys("read");
    close(channel[0]);
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc - 1, argv);

    snprintf(name, sizeof(name), "%s/pid", argv[2]);
    Signal(SIGCHLD, sig_chld);
    for (;;)
        start(listenfd);
}
