/*
 * Echo in C, a process for each connection, in the shape of UNIX Network Programming's tcpserv04:
 * the handler collects every child that has ended, and an interrupted accept() is made again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAXLINE 4096
#define LISTENQ 1024

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

/* Signals are not queued: one SIGCHLD may stand for many children, so ask until there are none. */
static void sig_chld(int signo)
{
    int saved = errno; /* waitpid() ends with ECHILD, which accept() must not seem to have said */

    (void)signo;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = saved;
}

static int writen(int fd, const char *data, size_t left)
{
    while (left > 0) {
        ssize_t n = write(fd, data, left);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        data += n;
        left -= (size_t)n;
    }
    return 0;
}

static void str_echo(int fd)
{
    char buffer[MAXLINE];
    ssize_t n;

    for (;;) {
        n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || writen(fd, buffer, (size_t)n) < 0)
            return;
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    struct sigaction action;
    int on = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: c_fork HOST PORT\n");
        return 2;
    }
    int listenfd = socket(AF_INET, SOCK_STREAM, 0);
    if (listenfd < 0)
        fail("socket");
    if (setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        fail("setsockopt");

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address: %s\n", argv[1]);
        return 2;
    }
    if (bind(listenfd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("bind");
    if (listen(listenfd, LISTENQ) < 0)
        fail("listen");

    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = sig_chld;
    if (sigaction(SIGCHLD, &action, NULL) < 0)
        fail("sigaction");

    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);
        if (connfd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            fail("accept");
        }
        pid_t child = fork();
        if (child < 0) {
            perror("fork"); /* this client is turned away, the next one may have more luck */
        } else if (child == 0) {
            close(listenfd);
            str_echo(connfd);
            _exit(0);
        }
        close(connfd);
    }
}
