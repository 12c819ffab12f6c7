/*
 * The correct half of every C mutant and variant, after Stevens, UNIX Network Programming, chapter 5.
 * A mutant replaces one piece of it; what it does not replace is right.
 */
#ifndef UNP_H
#define UNP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAXLINE 4096
#define LISTENQ 1024
#define UNUSED __attribute__((unused))

typedef void Sigfunc(int);
typedef void Echo(int connfd);

static UNUSED void err_sys(const char *what)
{
    perror(what);
    exit(1);
}

/* sigaction(2) without SA_RESTART: slow system calls return EINTR and the caller goes on. */
static UNUSED void Signal(int signo, Sigfunc *handler)
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    if (sigaction(signo, &action, NULL) < 0)
        err_sys("sigaction");
}

/* UNP 5.10: several children may have ended for one SIGCHLD; errno belongs to the interrupted call. */
static UNUSED void sig_chld(int signo)
{
    int saved = errno;

    (void)signo;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        continue;
    errno = saved;
}

/* A socket would get the numbers of closed streams (UNP 13.4). */
static UNUSED void open_streams(void)
{
    int fd;

    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
        continue;
    close(fd);
}

/* What has started it may have blocked SIGCHLD (execve(2)). */
static UNUSED void unblock_sigchld(void)
{
    sigset_t chld;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_UNBLOCK, &chld, NULL);
}

static UNUSED int tcp_listen(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int on = 1, listenfd;

    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT\n", argv[0]);
        exit(2);
    }
#ifndef STREAMS_MAY_BE_CLOSED
    open_streams();
#endif
    unblock_sigchld();
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if ((listenfd = socket(AF_INET, SOCK_STREAM, 0)) < 0)
        err_sys("socket");
    if (setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
        err_sys("setsockopt");
    if (bind(listenfd, (struct sockaddr *)&address, sizeof(address)) < 0)
        err_sys("bind");
    if (listen(listenfd, LISTENQ) < 0)
        err_sys("listen");
    return listenfd;
}

static UNUSED void set_nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
        err_sys("fcntl");
}

/* accept(2): these concern one connection or pass by themselves; the listener goes on. When
 * descriptors or memory are short it rests a moment first, or it would spin. */
static UNUSED int passing(int error)
{
    switch (error) {
    case EMFILE: case ENFILE: case ENOBUFS: case ENOMEM:
        poll(NULL, 0, 20);
        return 1;
    case EINTR: case EAGAIN: case ECONNABORTED: case EPROTO: case EPERM: case ENETDOWN: case ENONET:
    case ENOPROTOOPT: case EHOSTDOWN: case EHOSTUNREACH: case EOPNOTSUPP: case ENETUNREACH:
        return 1;
    default:
        return 0;
    }
}

static UNUSED int accept_client(int listenfd)
{
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);

        if (connfd >= 0)
            return connfd;
        if (!passing(errno))
            err_sys("accept");
    }
}

/* SIGTERM and SIGINT come only where they are let in: UNP 20.5, with pselect. */
static UNUSED void block_orders(sigset_t *before)
{
    sigset_t orders;

    sigemptyset(&orders);
    sigaddset(&orders, SIGTERM);
    sigaddset(&orders, SIGINT);
    sigprocmask(SIG_BLOCK, &orders, before);
}

/* Lets signals in while it waits, and at no other moment; returns -1 where no client has come. */
static UNUSED int accept_unless_told(int listenfd, const sigset_t *asleep)
{
    struct pollfd waiting = {.fd = listenfd, .events = POLLIN};
    int connfd;

    if (ppoll(&waiting, 1, NULL, asleep) <= 0)
        return -1;
    connfd = accept(listenfd, NULL, NULL);
    if (connfd < 0 && !passing(errno))
        err_sys("accept");
    return connfd;
}

/* Writes everything, or returns -1. */
static UNUSED ssize_t writen(int fd, const void *from, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t wrote = write(fd, (const char *)from + done, n - done);

        if (wrote > 0)
            done += (size_t)wrote;
        else if (wrote == 0 || errno != EINTR)
            return -1;
    }
    return (ssize_t)n;
}

/* read(2), made again after a signal. */
static UNUSED ssize_t read_some(int fd, void *into, size_t room)
{
    ssize_t n;

    do
        n = read(fd, into, room);
    while (n < 0 && errno == EINTR);
    return n;
}

static UNUSED void str_echo(int connfd)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read_some(connfd, buf, sizeof(buf))) > 0)
        if (writen(connfd, buf, (size_t)n) < 0)
            return;
}

/* A child that serves one client. When fork() fails that one client is turned away. */
static UNUSED pid_t start_worker(int listenfd, int connfd, Echo *echo)
{
    pid_t pid = fork();

    if (pid == 0) {
        close(listenfd);
        echo(connfd);
        exit(0);
    }
    close(connfd);
    return pid;
}

/* tcpserv04 with another str_echo. */
static UNUSED _Noreturn void serve_forking(int listenfd, Echo *echo)
{
    Signal(SIGCHLD, sig_chld);
    for (;;)
        start_worker(listenfd, accept_client(listenfd), echo);
}

struct session {
    Echo *echo;
    int connfd;
};

static UNUSED void *session_main(void *argument)
{
    struct session session = *(struct session *)argument;

    free(argument);
    session.echo(session.connfd);
    close(session.connfd);
    return NULL;
}

/* A detached thread that serves one client. When there is none that one client is turned away. */
static UNUSED void start_thread(int connfd, Echo *echo)
{
    struct session *session = malloc(sizeof(*session));
    pthread_attr_t detached;
    pthread_t thread;

    if (session == NULL)
        err_sys("malloc");
    *session = (struct session){echo, connfd};
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &detached, session_main, session) != 0) {
        close(connfd);
        free(session);
    }
}

/* A thread for each client (UNP 26.4). */
static UNUSED _Noreturn void serve_threads(int listenfd, Echo *echo)
{
    Signal(SIGPIPE, SIG_IGN);
    for (;;)
        start_thread(accept_client(listenfd), echo);
}

#endif
