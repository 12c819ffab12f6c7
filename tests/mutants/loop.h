/*
 * A correct echo server in one thread: a poll() loop, non-blocking sockets, and at most ROOM bytes
 * kept for a client; a full buffer is not read into, so TCP holds the client up.
 * A mutant replaces one member of struct loop and calls serve_loop().
 */
#ifndef LOOP_H
#define LOOP_H

#include "unp.h"

#ifndef ROOM
#define ROOM 32768
#endif
#ifndef MAXCLIENTS
#define MAXCLIENTS 1000
#endif

struct client {
    int fd;
    int eof;         /* the client's FIN has been read */
    size_t len;      /* bytes still to be echoed, from the start of buf */
    size_t size;     /* of buf */
    char *buf;
};

struct loop {
    int limit;                                       /* clients at once; more wait in the backlog */
    int (*wait)(struct pollfd *fds, nfds_t n);       /* -1: nothing happened */
    int (*admit)(int listenfd);                      /* -1: no client this time */
    short (*interest)(const struct client *client);  /* what to poll for */
    int (*fill)(struct client *client);              /* read once; -1: the connection is broken */
    int (*flush)(struct client *client);             /* write once; -1: the connection is broken */
    int (*done)(const struct client *client);        /* it was served completely */
    void (*leave)(struct client *client, int broken);
};

static UNUSED int loop_wait(struct pollfd *fds, nfds_t n)
{
    int ready = poll(fds, n, -1);

    if (ready < 0 && errno != EINTR)
        err_sys("poll");
    return ready;
}

static UNUSED int loop_admit(int listenfd)
{
    int connfd = accept(listenfd, NULL, NULL);

    if (connfd < 0 && !passing(errno))
        err_sys("accept");
    return connfd;
}

/* Does not pause where there is no descriptor. */
static UNUSED int loop_admit_hurried(int listenfd)
{
    int connfd = accept(listenfd, NULL, NULL);

    if (connfd < 0 && errno != EMFILE && !passing(errno))
        err_sys("accept");
    return connfd;
}

static UNUSED short loop_interest(const struct client *client)
{
    short events = 0;

    if (!client->eof && client->len < client->size)
        events |= POLLIN;
    if (client->len > 0)
        events |= POLLOUT;
    return events;
}

static UNUSED int loop_fill(struct client *client)
{
    ssize_t n = read(client->fd, client->buf + client->len, client->size - client->len);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (n == 0)
        client->eof = 1;
    client->len += (size_t)n;
    return 0;
}

/* What was written leaves the buffer. */
static UNUSED void loop_consume(struct client *client, size_t n)
{
    client->len -= n;
    memmove(client->buf, client->buf + n, client->len);
}

static UNUSED int loop_flush(struct client *client)
{
    ssize_t n = send(client->fd, client->buf, client->len, MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    loop_consume(client, (size_t)n);
    return 0;
}

static UNUSED int loop_done(const struct client *client)
{
    return client->eof && client->len == 0;
}

static UNUSED void loop_leave(struct client *client, int broken)
{
    (void)broken;
    close(client->fd);
    free(client->buf);
    free(client);
}

#define LOOP                                                                                        \
    {                                                                                               \
        MAXCLIENTS, loop_wait, loop_admit, loop_interest, loop_fill, loop_flush, loop_done,         \
            loop_leave                                                                              \
    }

static UNUSED struct client *loop_client(int fd)
{
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL || (client->buf = malloc(ROOM)) == NULL)
        err_sys("malloc");
    set_nonblocking(fd);
    client->fd = fd;
    client->size = ROOM;
    return client;
}

/* Returns 0 when the client has left. */
static UNUSED int loop_serve(const struct loop *loop, struct client *client)
{
    int broken = 0;

    if (!client->eof && client->len < client->size)
        broken = loop->fill(client) < 0;
    if (!broken && loop->interest(client) & POLLOUT)
        broken = loop->flush(client) < 0;
    if (!broken && !loop->done(client))
        return 1;
    loop->leave(client, broken);
    return 0;
}

static UNUSED _Noreturn void serve_loop(int listenfd, const struct loop *loop)
{
    static struct client *clients[MAXCLIENTS];
    static struct pollfd fds[MAXCLIENTS + 1];
    int count = 0;

    set_nonblocking(listenfd);
    for (;;) {
        fds[0] = (struct pollfd){.fd = listenfd, .events = count < loop->limit ? POLLIN : 0};
        for (int i = 0; i < count; i++)
            fds[i + 1] = (struct pollfd){clients[i]->fd, loop->interest(clients[i]), 0};
        if (loop->wait(fds, (nfds_t)count + 1) < 0)
            continue;
        for (int i = count; i-- > 0;)
            if (fds[i + 1].revents && !loop_serve(loop, clients[i]))
                clients[i] = clients[--count];
        if (fds[0].revents) {
            int connfd = loop->admit(listenfd);

            if (connfd >= 0)
                clients[count++] = loop_client(connfd);
        }
    }
}

#endif
