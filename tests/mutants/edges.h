/*
 * An edge-triggered loop (epoll(7)): a failed accept took its connection along, so the next edge is
 * awaited. Of a shortage no edge tells the end: serve_edges() looks again after `retry_ms`.
 */
#ifndef EDGES_H
#define EDGES_H

#include "loop.h"
#include <sys/epoll.h>

#define EVENTS 64
#define TURN 16

static int epollfd;

static UNUSED void watch(int how, int fd, void *client)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.ptr = client,
    };

    if (epoll_ctl(epollfd, how, fd, &event) < 0)
        err_sys("epoll_ctl");
}

static UNUSED int is_short(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* Returns how long to wait for the next edge, in milliseconds. */
static UNUSED int admit_all(const struct loop *loop, int listenfd, int retry_ms)
{
    int connfd;

    do {
        if ((connfd = loop->admit(listenfd)) >= 0)
            watch(EPOLL_CTL_ADD, connfd, loop_client(connfd));
    } while (connfd >= 0 || errno == EINTR);
    return is_short(errno) ? retry_ms : -1;
}

static UNUSED int moved(const struct loop *loop, struct client *client, int *broken)
{
    size_t before = client->len;
    int eof = client->eof, any = 0;

    if (loop->interest(client) & POLLIN) {
        *broken = loop->fill(client) < 0;
        any = client->len != before || client->eof != eof;
        before = client->len;
    }
    if (!*broken && loop->interest(client) & POLLOUT) {
        *broken = loop->flush(client) < 0;
        any |= client->len != before;
    }
    return any;
}

/* Until neither side goes on: only then is there another edge. When its turn is over before that, it
 * is put after the others that are ready, and told of at once. */
static UNUSED void serve_edge(const struct loop *loop, struct client *client)
{
    int broken = 0, turn = TURN, goes_on;

    do
        goes_on = moved(loop, client, &broken) && !broken && !loop->done(client);
    while (goes_on && --turn > 0);
    if (broken || loop->done(client))
        loop->leave(client, broken);
    else if (goes_on)
        watch(EPOLL_CTL_MOD, client->fd, client);
}

static UNUSED _Noreturn void serve_edges(int listenfd, const struct loop *loop, int retry_ms)
{
    int patience = -1, ready;
    struct epoll_event events[EVENTS];

    set_nonblocking(listenfd);
    if ((epollfd = epoll_create1(EPOLL_CLOEXEC)) < 0)
        err_sys("epoll_create1");
    watch(EPOLL_CTL_ADD, listenfd, NULL);
    for (;;) {
        if ((ready = epoll_wait(epollfd, events, EVENTS, patience)) < 0 && errno != EINTR)
            err_sys("epoll_wait");
        if (patience >= 0)
            patience = admit_all(loop, listenfd, retry_ms);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr != NULL)
                serve_edge(loop, events[i].data.ptr);
            else
                patience = admit_all(loop, listenfd, retry_ms);
        }
    }
}

#endif
