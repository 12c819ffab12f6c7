# mistake: the handler's waitpid() overwrites errno: the EINTR of accept() becomes ECHILD (UNP 5.9)
# invariant: listener_survives
# fault: control
"""Forks, and makes its calls through ctypes, whose errno the handler shares with the listener."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import sys
import time

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
            time.sleep(0.02)
        elif error != errno.EINTR:
            sys.exit(f"accept error: {os.strerror(error)}")
    return socket.socket(fileno=descriptor)


def str_echo(connection: socket.socket) -> None:
    """Echo until the client has finished."""
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def start_worker(listener: socket.socket, connection: socket.socket) -> None:
    """Fork a child for one client; when there is none that client is turned away."""
    try:
        pid = os.fork()
    except OSError:
        pid = -1
    if pid == 0:
        listener.close()
        str_echo(connection)
        os._exit(0)
    connection.close()


def main() -> None:
    """Fork one child for each client."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    signal.signal(signal.SIGCHLD, sig_chld)
    signal.siginterrupt(signal.SIGCHLD, True)
    while True:
        connection = accept(listener)
        start_worker(listener, connection)


main()
