// mistake: edge-triggered epoll, but the socket is read only once for each event (epoll(7))
// invariant: exact_output
// fault: control
#include "unpcli.h"
#include <sys/epoll.h>

/* The socket is asked through an epoll descriptor, which poll() sees as readable at each edge. */
static int wait_edge(struct pollfd *fds, nfds_t n)
{
    static int epollfd = -1;
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    struct pollfd all[3] = {fds[0], fds[1], {.events = POLLIN}};
    int ready;

    if (epollfd < 0 && (epollfd = epoll_create1(0)) >= 0)
        epoll_ctl(epollfd, EPOLL_CTL_ADD, fds[0].fd, &event);
    all[0].events &= ~POLLIN;
    all[2].fd = epollfd;
    if ((ready = cli_wait(all, n + 1)) < 0)
        return -1;
    fds[1].revents = all[1].revents;
    fds[0].revents = all[0].revents & POLLOUT;
    if (all[2].revents && epoll_wait(epollfd, &event, 1, 0) > 0)
        fds[0].revents |= POLLIN;
    return ready;
}

static void receive(struct talk *talk)
{
    char buf[MAXLINE];
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

int main(int argc, char **argv)
{
    struct cli cli = CLI;

    cli.wait = wait_edge;
    cli.receive = receive;
    return run_client(argc, argv, &cli);
}
