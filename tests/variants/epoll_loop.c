// correct: an epoll loop that goes on after epoll_wait's EINTR of a stop and continue (signal(7))
#include "../mutants/loop.h"
#include <sys/epoll.h>

#define EVENTS 64

static int epollfd;

static void watch(int operation, int fd, short interest, void *client)
{
    struct epoll_event event = {.events = (unsigned)interest, .data.ptr = client};

    if (epoll_ctl(epollfd, operation, fd, &event) < 0)
        err_sys("epoll_ctl");
}

int main(int argc, char **argv)
{
    int listenfd = tcp_listen(argc, argv), connfd, ready;
    struct epoll_event events[EVENTS];
    const struct loop loop = LOOP;

    set_nonblocking(listenfd);
    if ((epollfd = epoll_create1(EPOLL_CLOEXEC)) < 0)
        err_sys("epoll_create1");
    watch(EPOLL_CTL_ADD, listenfd, EPOLLIN, NULL);
    for (;;) {
        if ((ready = epoll_wait(epollfd, events, EVENTS, -1)) < 0 && errno != EINTR)
            err_sys("epoll_wait");
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;

            if (client != NULL) {
                if (loop_serve(&loop, client))
                    watch(EPOLL_CTL_MOD, client->fd, loop_interest(client), client);
            } else if ((connfd = loop_admit(listenfd)) >= 0) {
                client = loop_client(connfd);
                watch(EPOLL_CTL_ADD, connfd, POLLIN, client);
            }
        }
    }
}
