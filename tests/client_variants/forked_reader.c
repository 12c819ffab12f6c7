// correct: a child reads the socket and tells how it ended, and SIGCHLD ends the parent (UNP 16.2)
#include "../client_mutants/unpcli.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>

/* What parent and child both know. */
static struct shared {
    atomic_long owed;
    atomic_int input_ended;
    atomic_int writing;
    atomic_int send_error; /* a write that failed has taken the error away from the child's reads */
} *shared;

static char buf[CHUNK];

/* What the child has told is told; its status is the client's. Any other SIGCHLD, as of a child that
 * was stopped, is none of its end, and wait() would block. */
static void leave_with_child(int signo)
{
    int status;

    (void)signo;
    if (waitpid(-1, &status, WNOHANG) > 0)
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static _Noreturn void copy_echoes(int sockfd)
{
    ssize_t n;

    while ((n = read_some(sockfd, buf, sizeof(buf))) > 0) {
        shared->owed -= n;
        print_all(buf, (size_t)n);
    }
    if (n < 0)
        err_socket(errno);
    for (int i = 0; i < 20 && shared->writing; i++)
        poll(NULL, 0, 10);
    if (shared->send_error)
        err_socket(shared->send_error);
    if (!shared->input_ended || shared->owed > 0)
        err_quit(TERMINATED);
    exit(0);
}

static void copy_input(int sockfd)
{
    ssize_t n;

    while ((n = read_some(STDIN_FILENO, buf, sizeof(buf))) > 0) {
        shared->owed += n;
        shared->writing = 1;
        if (writen(sockfd, buf, (size_t)n) < 0)
            shared->send_error = errno;
        shared->writing = 0;
        if (shared->send_error)
            return;
    }
    if (n < 0)
        err_sys("str_cli: standard input");
    shared->input_ended = 1;
    shutdown(sockfd, SHUT_WR);
}

int main(int argc, char **argv)
{
    int sockfd = connected(argc, argv);
    pid_t child;

    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        err_sys("mmap");
    Signal(SIGCHLD, leave_with_child);
    if ((child = fork()) < 0)
        err_sys("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        copy_echoes(sockfd);
    }
    copy_input(sockfd);
    for (;;)
        pause();
}
