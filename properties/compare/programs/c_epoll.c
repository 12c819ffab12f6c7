/*
 * Echo in C, one process and one epoll for all connections. Each connection has one buffer: it is
 * read from only when the buffer is empty, so a client that does not read holds back itself alone.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 64

struct connection {
    int fd;
    size_t start, end; /* what is still to be echoed */
    char buffer[16384];
};

static int poller;

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

static void watch(int operation, int fd, unsigned events, void *data)
{
    struct epoll_event event = {.events = events, .data.ptr = data};

    if (epoll_ctl(poller, operation, fd, &event) < 0)
        fail("epoll_ctl");
}

static void drop(struct connection *c)
{
    close(c->fd);
    free(c);
}

static void welcome(int listenfd)
{
    int fd = accept4(listenfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *c;

    if (fd < 0)
        return; /* gone again, interrupted, or no descriptor left: the loop comes back */
    c = calloc(1, sizeof *c);
    if (c == NULL) {
        close(fd);
        return;
    }
    c->fd = fd;
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, c);
}

/* Returns -1 when the connection is over, 0 when the socket takes no more for now, 1 when all is out. */
static int flush(struct connection *c)
{
    while (c->start < c->end) {
        ssize_t n = send(c->fd, c->buffer + c->start, c->end - c->start, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            return errno == EAGAIN ? 0 : -1;
        }
        c->start += (size_t)n;
    }
    c->start = c->end = 0;
    return 1;
}

/* Echoes once per event and leaves the rest to the next round, so that no client holds up another. */
static void serve(struct connection *c)
{
    int state;

    if (c->end == 0) {
        ssize_t n = recv(c->fd, c->buffer, sizeof c->buffer, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            drop(c);
            return;
        }
        c->end = (size_t)n;
    }
    state = flush(c);
    if (state < 0)
        drop(c);
    else
        watch(EPOLL_CTL_MOD, c->fd, state ? EPOLLIN : EPOLLOUT, c);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];
    struct sockaddr_in address;
    int on = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: c_epoll HOST PORT\n");
        return 2;
    }
    int listenfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
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
    if (listen(listenfd, SOMAXCONN) < 0)
        fail("listen");

    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        fail("epoll_create1");
    watch(EPOLL_CTL_ADD, listenfd, EPOLLIN, NULL);

    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        /* A stop and a continue interrupt it even in a process without any handler. */
        if (ready < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr == NULL)
                welcome(listenfd);
            else
                serve(events[i].data.ptr);
        }
    }
}
