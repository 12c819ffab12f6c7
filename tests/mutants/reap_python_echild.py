# mistake: waitpid() with no child left raises ChildProcessError out of the handler (UNP 5.10)
# invariant: listener_survives
# fault: control
"""Forks; UNP's waitpid loop, translated word for word into Python."""

import errno
import os
import signal
import socket
import time

from tests.mutants.unp import REST, start_worker, str_echo, tcp_listen

PASSING = {
    errno.ECONNABORTED,
    errno.EPROTO,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOBUFS,
    errno.ENOMEM,
}


def sig_chld(*_: object) -> None:
    """Reap until waitpid returns 0; when no child is left it raises instead."""
    while os.waitpid(-1, os.WNOHANG)[0] > 0:
        pass


def accept(listener: socket.socket) -> socket.socket:
    """Accept the next client; errors that say nothing of a connection are the listener's."""
    while True:
        try:
            return listener.accept()[0]
        except OSError as error:
            if error.errno not in PASSING:
                raise
            time.sleep(REST)


listener = tcp_listen()
signal.signal(signal.SIGCHLD, sig_chld)
while True:
    start_worker(listener, accept(listener), str_echo)
