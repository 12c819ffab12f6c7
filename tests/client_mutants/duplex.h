/*
 * A correct client of two threads (UNP 26.3), whose calls block: one copies standard input to the
 * socket, the other the socket to standard output, and this one ends the process.
 * A mutant replaces one member of struct duplex and calls run_duplex().
 */
#ifndef DUPLEX_H
#define DUPLEX_H

#include "unpcli.h"
#include <stdatomic.h>
#include <time.h>

struct duplex {
    int receiver_is_main; /* signals go to the main thread; the other one blocks them */
    ssize_t (*input)(int fd, void *into, size_t room);
    ssize_t (*send)(int fd, const void *from, size_t n);
    ssize_t (*receive)(int fd, void *into, size_t room);
    void (*ended)(const struct duplex *duplex, ssize_t n, int error);
    int sockfd;
    atomic_int input_ended;
    atomic_int send_error;
    atomic_long owed;
    pthread_mutex_t sending;
};

/* A write may have taken the error away from the reads: whoever is writing is given a moment to say
 * so. One that waits for room is not waited for. */
static UNUSED int lost_to_sender(struct duplex *duplex)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    if (pthread_mutex_timedlock(&duplex->sending, &until) == 0)
        pthread_mutex_unlock(&duplex->sending);
    return duplex->send_error;
}

/* Reading from the server has ended: n is 0 or, with an error, -1. */
static UNUSED void duplex_ended(const struct duplex *duplex, ssize_t n, int error)
{
    if (n < 0)
        err_socket(error);
    if (!duplex->input_ended || duplex->owed > 0)
        err_quit(TERMINATED);
    exit(0);
}

static UNUSED void *copy_input(void *argument)
{
    struct duplex *duplex = argument;
    static char buf[CHUNK];
    ssize_t n;

    while ((n = duplex->input(STDIN_FILENO, buf, sizeof(buf))) > 0) {
        duplex->owed += n;
        pthread_mutex_lock(&duplex->sending);
        if (duplex->send(duplex->sockfd, buf, (size_t)n) < 0)
            duplex->send_error = errno;
        pthread_mutex_unlock(&duplex->sending);
        if (duplex->send_error)
            return NULL;
    }
    if (n < 0)
        err_sys("str_cli: standard input");
    duplex->input_ended = 1;
    shutdown(duplex->sockfd, SHUT_WR);
    return NULL;
}

static UNUSED void *copy_echoes(void *argument)
{
    struct duplex *duplex = argument;
    static char buf[CHUNK];
    ssize_t n;
    int error;

    while ((n = duplex->receive(duplex->sockfd, buf, sizeof(buf))) > 0) {
        duplex->owed -= n;
        print_all(buf, (size_t)n);
    }
    error = errno;
    if (n == 0 && !duplex->input_ended && (error = lost_to_sender(duplex)) != 0)
        n = -1;
    duplex->ended(duplex, n, error);
    return NULL;
}

#define DUPLEX                                                                                      \
    {                                                                                               \
        .input = read_some, .send = writen, .receive = read_some, .ended = duplex_ended,            \
        .sending = PTHREAD_MUTEX_INITIALIZER                                                        \
    }

/* A thread that signals do not interrupt. */
static UNUSED pthread_t start_thread(void *(*start)(void *), struct duplex *duplex)
{
    sigset_t all, before;
    pthread_t thread;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if ((error = pthread_create(&thread, NULL, start, duplex)) != 0)
        err_quit(strerror(error));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return thread;
}

static UNUSED int run_duplex(int argc, char **argv, struct duplex *duplex)
{
    pthread_t thread;

    duplex->sockfd = connected(argc, argv);
    thread = start_thread(duplex->receiver_is_main ? copy_input : copy_echoes, duplex);
    (duplex->receiver_is_main ? copy_echoes : copy_input)(duplex);
    pthread_join(thread, NULL);
    return 0;
}

#endif
