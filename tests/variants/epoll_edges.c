// correct: edge-triggered; a failed accept took its connection along, so the next edge is awaited (epoll(7))
#include "../mutants/loop.h"
#include <sys/epoll.h>

#define EVENTS 64
#define RETRY_MS 50
#define TURN 16

static int epollfd;

static void watch(int how, int fd, void *client)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.ptr = client,
    };

    if (epoll_ctl(epollfd, how, fd, &event) < 0)
        err_sys("epoll_ctl");
}

/* Of a shortage no edge tells the end. */
static int is_short(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* Returns how long to wait for the next edge, in milliseconds. */
static int admit_all(int listenfd)
{
    int connfd;

    do {
        if ((connfd = loop_admit(listenfd)) >= 0)
            watch(EPOLL_CTL_ADD, connfd, loop_client(connfd));
    } while (connfd >= 0 || errno == EINTR);
    return is_short(errno) ? RETRY_MS : -1;
}

static int moved(const struct loop *loop, struct client *client, int *broken)
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
static void serve(const struct loop *loop, struct client *client)
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

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), patience = -1, ready;
    struct epoll_event events[EVENTS];
    const struct loop loop = LOOP;

    set_nonblocking(listenfd);
    if ((epollfd = epoll_create1(EPOLL_CLOEXEC)) < 0)
        err_sys("epoll_create1");
    watch(EPOLL_CTL_ADD, listenfd, NULL);
    for (;;) {
        if ((ready = epoll_wait(epollfd, events, EVENTS, patience)) < 0 && errno != EINTR)
            err_sys("epoll_wait");
        if (patience >= 0)
            patience = admit_all(listenfd);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr != NULL)
                serve(&loop, events[i].data.ptr);
            else
                patience = admit_all(listenfd);
        }
    }
}
