# mistake: SIGPIPE has its default action: a line typed after FIN and RST kills it (UNP 5.13)
# invariant: dies_loudly
# fault: peer_reset
"""A line, its echo, and the next line; a pipe that is read no more ends it."""

import signal
import sys

from tests.client_mutants.unpcli import MAXLINE, TERMINATED, err_quit, tcp_connect, write_all

signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sockfd = tcp_connect()
while line := sys.stdin.buffer.readline(MAXLINE):
    sockfd.sendall(line)
    left = len(line)
    while left:
        echo = sockfd.recv(left)
        if not echo:
            err_quit(TERMINATED)
        left -= len(echo)
        write_all(echo)
