/* A poll loop that maps a buffer for each connection and does not look whether it got one.

   With -DFIXED it turns the client away when there is no memory. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../mutants/unp.h"

#define MOST 64
#define SIZE 4096

static struct pollfd polled[MOST];
static char *buffers[MOST];

static void forget(int place)
{
    close(polled[place].fd);
    if (buffers[place] != MAP_FAILED)
        munmap(buffers[place], SIZE);
    polled[place].fd = -1;
}

static void take(int listening)
{
    int connection = accept(listening, NULL, NULL), place = 1;
    struct sockaddr_in client;
    socklen_t size = sizeof(client);

    if (connection < 0) {
        usleep(10000);
        return;
    }
    /* For a log: one that has gone has no name. */
    getpeername(connection, (struct sockaddr *)&client, &size);
    while (place < MOST && polled[place].fd >= 0)
        place++;
    if (place == MOST) {
        close(connection);
        return;
    }
    polled[place].fd = connection;
    polled[place].events = POLLIN;
    buffers[place] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
#ifdef FIXED
    if (buffers[place] == MAP_FAILED) {
        forget(place);
        return;
    }
#endif
    memset(buffers[place], 0, SIZE);
}

static void serve(int place)
{
    ssize_t count = read(polled[place].fd, buffers[place], SIZE), sent = 0, now;

    while (sent < count) {
        now = write(polled[place].fd, buffers[place] + sent, count - sent);
        if (now < 0) {
            forget(place);
            return;
        }
        sent += now;
    }
    if (count <= 0)
        forget(place);
}

int main(int argc, char **argv)
{
    int place;

    signal(SIGPIPE, SIG_IGN);
    for (place = 0; place < MOST; place++)
        polled[place].fd = -1;
    polled[0].fd = tcp_listen(argc, argv);
    polled[0].events = POLLIN;
    fcntl(polled[0].fd, F_SETFL, O_NONBLOCK);
    for (;;) {
        if (poll(polled, MOST, -1) < 0)
            continue;
        if (polled[0].revents)
            take(polled[0].fd);
        for (place = 1; place < MOST; place++)
            if (polled[place].fd >= 0 && polled[place].revents)
                serve(place);
    }
}
