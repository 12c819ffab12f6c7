// mistake: NULL of a line read by stdio is taken for the end of input, and may be EINTR (UNP 5.9, 3.9)
// invariant: exact_output
// fault: signals
#include "duplex.h"

static ssize_t input(int fd, void *into, size_t room)
{
    static char *line;
    static size_t size, at;
    static ssize_t length;
    size_t n;

    (void)fd;
    if (at == (size_t)length) {
        at = 0;
        if ((length = getline(&line, &size, stdin)) < 0)
            return length = 0;
    }
    n = (size_t)length - at < room ? (size_t)length - at : room;
    memcpy(into, line + at, n);
    at += n;
    return (ssize_t)n;
}

int main(int argc, char **argv)
{
    struct duplex duplex = DUPLEX;

    duplex.input = input;
    return run_duplex(argc, argv, &duplex);
}
