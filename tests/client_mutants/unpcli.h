/*
 * The correct half of every C client mutant and variant, after Stevens, UNIX Network Programming,
 * chapters 5, 6 and 16: str_cli() on poll(), with a non-blocking socket.
 * A mutant replaces one member of struct cli and calls run_client().
 */
#ifndef UNPCLI_H
#define UNPCLI_H

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
#define CHUNK 65536
#define READABLE (POLLIN | POLLHUP | POLLERR | POLLNVAL)
#define UNUSED __attribute__((unused))

#define TERMINATED "str_cli: server terminated prematurely"

/* ---- reports ---- */

static UNUSED _Noreturn void err_quit(const char *message)
{
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static UNUSED _Noreturn void err_sys(const char *what)
{
    perror(what);
    exit(1);
}

static UNUSED const char *words(int error)
{
    switch (error) {
    case ECONNRESET:
        return "connection reset by peer";
    case EPIPE:
        return "broken pipe, the server had closed the connection before we wrote";
    default:
        return strerror(error);
    }
}

/* What happened to the connection. */
static UNUSED void err_socket(int error)
{
    fprintf(stderr, "str_cli: %s\n", words(error));
    exit(1);
}

static UNUSED void err_connect(char **argv, int error)
{
    const char *slash = strrchr(argv[0], '/');

    fprintf(stderr, "%s: cannot connect to %s port %s: %s\n", slash ? slash + 1 : argv[0], argv[1],
            argv[2], strerror(error));
    exit(1);
}

/* ---- signals, reading and writing ---- */

static UNUSED void Signal(int signo, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    if (sigaction(signo, &action, NULL) < 0)
        err_sys("sigaction");
}

static UNUSED void do_nothing(int signo)
{
    (void)signo;
}

static UNUSED int passing(int error)
{
    return error == EINTR || error == EAGAIN;
}

static UNUSED void set_nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
        err_sys("fcntl");
}

/* Writes everything to a descriptor that blocks, or returns -1. */
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

/* A line with its newline, or what there is before the end of file or of the room (UNP 3.9). */
static UNUSED ssize_t read_line(int fd, char *into, size_t room)
{
    size_t n = 0;

    while (n < room && (n == 0 || into[n - 1] != '\n')) {
        ssize_t one = read_some(fd, into + n, 1);

        if (one < 0)
            return -1;
        if (one == 0)
            break;
        n++;
    }
    return (ssize_t)n;
}

static UNUSED void print_all(const char *from, size_t n)
{
    if (writen(STDOUT_FILENO, from, n) < 0)
        err_sys("str_cli: standard output");
}

/* ---- connecting ---- */

/* The interrupted call goes on in the kernel; what becomes of it is in SO_ERROR (UNP 5.9, 16.4). */
static UNUSED int finish_connect(int sockfd)
{
    struct pollfd fd = {.fd = sockfd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int error = 0;

    while (poll(&fd, 1, -1) < 0)
        if (errno != EINTR)
            return -1;
    if (getsockopt(sockfd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -1;
    errno = error;
    return error ? -1 : 0;
}

static UNUSED int start_connect(int sockfd, const struct sockaddr_in *server)
{
    return connect(sockfd, (const struct sockaddr *)server, sizeof(*server));
}

static UNUSED int cli_connect(int sockfd, const struct sockaddr_in *server)
{
    if (start_connect(sockfd, server) == 0)
        return 0;
    return errno == EINTR ? finish_connect(sockfd) : -1;
}

typedef int Connect(int sockfd, const struct sockaddr_in *server);
typedef void Refused(char **argv, int error);

static UNUSED int tcp_connect(int argc, char **argv, Connect *attempt, Refused *refused)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    int sockfd;

    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        exit(2);
    }
    Signal(SIGWINCH, do_nothing);
    Signal(SIGPIPE, SIG_IGN);
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1)
        err_quit("str_cli: HOST is not a numeric IPv4 address");
    if ((sockfd = socket(AF_INET, SOCK_STREAM, 0)) < 0)
        err_sys("socket");
    if (attempt(sockfd, &server) < 0)
        refused(argv, errno);
    return sockfd;
}

static UNUSED int connected(int argc, char **argv)
{
    return tcp_connect(argc, argv, cli_connect, err_connect);
}

/* ---- the conversation ---- */

struct cli;

struct talk {
    const struct cli *cli;
    int sockfd;
    int input_ended; /* and the server has been told so */
    int finished;
    long owed;       /* bytes taken from standard input and not echoed yet */
    size_t at;       /* what is unsent starts here in chunk */
    size_t unsent;
    char chunk[CHUNK];
};

struct cli {
    Connect *connect;
    Refused *refused;
    void (*interest)(const struct talk *talk, struct pollfd *fds); /* the socket and the input */
    int (*wait)(struct pollfd *fds, nfds_t n);                     /* -1: nothing happened */
    void (*turn)(struct talk *talk, const struct pollfd *fds);
    void (*take_input)(struct talk *talk);
    void (*end_input)(struct talk *talk);
    void (*send)(struct talk *talk);
    void (*receive)(struct talk *talk);
    void (*print)(const char *from, size_t n);
    void (*at_eof)(struct talk *talk);
    void (*broken)(int error);
};

/* Input waits while some of it is unsent: one chunk is held, however much there is. */
static UNUSED void cli_interest(const struct talk *talk, struct pollfd *fds)
{
    fds[0].events = talk->unsent ? POLLIN | POLLOUT : POLLIN;
    fds[1].fd = talk->unsent || talk->input_ended ? -1 : STDIN_FILENO;
}

static UNUSED int cli_wait(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, -1);

    if (ready < 0 && errno != EINTR)
        err_sys("poll");
    return ready;
}

/* The socket is read before it is written, so that EOF is told as EOF and not as EPIPE. */
static UNUSED void cli_turn(struct talk *talk, const struct pollfd *fds)
{
    if (fds[0].revents & READABLE)
        talk->cli->receive(talk);
    if (fds[0].revents & POLLOUT && talk->unsent)
        talk->cli->send(talk);
    if (fds[1].revents)
        talk->cli->take_input(talk);
}

static UNUSED void cli_take_input(struct talk *talk)
{
    ssize_t n = read(STDIN_FILENO, talk->chunk, sizeof(talk->chunk));

    if (n < 0 && !passing(errno))
        err_sys("str_cli: standard input");
    if (n > 0) {
        talk->at = 0;
        talk->unsent = (size_t)n;
        talk->owed += n;
    }
    if (n == 0)
        talk->cli->end_input(talk);
}

/* How a connection that is gone already was lost, the next read tells. */
static UNUSED void cli_end_input(struct talk *talk)
{
    talk->input_ended = 1;
    if (shutdown(talk->sockfd, SHUT_WR) < 0 && errno != ENOTCONN)
        talk->cli->broken(errno);
}

/* What was written is no longer unsent. */
static UNUSED void consume(struct talk *talk, size_t n)
{
    talk->at += n;
    talk->unsent -= n;
}

static UNUSED void print_what_is_left(struct talk *talk)
{
    char buf[MAXLINE];
    ssize_t n;

    while ((n = read(talk->sockfd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            talk->cli->print(buf, (size_t)n);
}

static UNUSED void cli_send(struct talk *talk)
{
    ssize_t n = write(talk->sockfd, talk->chunk + talk->at, talk->unsent);
    int error = errno;

    if (n >= 0) {
        consume(talk, (size_t)n);
    } else if (!passing(error)) {
        print_what_is_left(talk);
        talk->cli->broken(error);
    }
}

static UNUSED void cli_receive(struct talk *talk)
{
    static char buf[CHUNK];
    ssize_t n = read(talk->sockfd, buf, sizeof(buf));

    if (n > 0) {
        talk->owed -= n;
        talk->cli->print(buf, (size_t)n);
    } else if (n == 0) {
        talk->cli->at_eof(talk);
    } else if (!passing(errno)) {
        talk->cli->broken(errno);
    }
}

static UNUSED void cli_at_eof(struct talk *talk)
{
    if (!talk->input_ended || talk->owed > 0)
        err_quit(TERMINATED);
    talk->finished = 1;
}

#define CLI                                                                                         \
    {                                                                                               \
        cli_connect, err_connect, cli_interest, cli_wait, cli_turn, cli_take_input, cli_end_input,  \
            cli_send, cli_receive, print_all, cli_at_eof, err_socket                                \
    }

static UNUSED void str_cli(const struct cli *cli, int sockfd)
{
    static struct talk talk;

    talk.cli = cli;
    talk.sockfd = sockfd;
    while (!talk.finished) {
        struct pollfd fds[2] = {{.fd = sockfd}, {.fd = STDIN_FILENO, .events = POLLIN}};

        cli->interest(&talk, fds);
        if (cli->wait(fds, 2) >= 0)
            cli->turn(&talk, fds);
    }
}

static UNUSED int run_client(int argc, char **argv, const struct cli *cli)
{
    int sockfd = tcp_connect(argc, argv, cli->connect, cli->refused);

    set_nonblocking(sockfd);
    str_cli(cli, sockfd);
    return 0;
}

#endif
