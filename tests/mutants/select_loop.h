/* Waiting in select() for what a poll() loop waits for. */
#ifndef SELECT_LOOP_H
#define SELECT_LOOP_H

#include "loop.h"
#include <sys/select.h>

static int wait_in_select(struct pollfd *fds, nfds_t n)
{
    fd_set readable, writable;
    int highest = 0, ready;

    FD_ZERO(&readable);
    FD_ZERO(&writable);
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].events & POLLIN)
            FD_SET(fds[i].fd, &readable);
        if (fds[i].events & POLLOUT)
            FD_SET(fds[i].fd, &writable);
        if (fds[i].fd > highest)
            highest = fds[i].fd;
    }
    if ((ready = select(highest + 1, &readable, &writable, NULL, NULL)) < 0 && errno != EINTR)
        err_sys("select");
    for (nfds_t i = 0; ready > 0 && i < n; i++) {
        if (FD_ISSET(fds[i].fd, &readable))
            fds[i].revents |= POLLIN;
        if (FD_ISSET(fds[i].fd, &writable))
            fds[i].revents |= POLLOUT;
    }
    return ready;
}

#endif
