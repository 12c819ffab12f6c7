# mistake: the handler's waitpid() overwrites errno: the EINTR of accept() becomes ECHILD (UNP 5.9)
# invariant: listener_survives
# fault: control
"""Forks, and makes its calls through ctypes, whose errno the handler shares with the listener."""

import ctypes
import errno
import os
import signal
import socket
import sys
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
libc = ctypes.CDLL(None, use_errno=True)


def sig_chld(*_: object) -> None:
    """Reap every child that has ended; the last call fails with ECHILD, or finds none."""
    while libc.waitpid(-1, None, os.WNOHANG) > 0:
        pass


def accept(listener: socket.socket) -> socket.socket:
    """Accept the next client; a signal is no reason to end."""
    while (descriptor := libc.accept(listener.fileno(), None, None)) < 0:
        error = ctypes.get_errno()
        if error in PASSING:
            time.sleep(REST)
        elif error != errno.EINTR:
            sys.exit(f"accept error: {os.strerror(error)}")
    return socket.socket(fileno=descriptor)


listener = tcp_listen()
signal.signal(signal.SIGCHLD, sig_chld)
signal.siginterrupt(signal.SIGCHLD, True)
while True:
    start_worker(listener, accept(listener), str_echo)
