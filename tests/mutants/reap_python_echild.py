# mistake: waitpid() with no child left raises ChildProcessError out of the handler (UNP 5.10)
# invariant: listener_survives
# fault: control
"""Forks; UNP's waitpid loop, translated word for word into Python."""

import contextlib
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


def sig_chld(*_: object) -> None:
    """Reap until waitpid returns 0; when no child is left it raises instead."""
    while os.waitpid(-1, os.WNOHANG)[0] > 0:
        pass


def str_echo(connection: socket.socket) -> None:
    """Echo until the client has finished."""
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def accept(listener: socket.socket) -> socket.socket:
    """Accept the next client; what happens to one connection is no reason to end."""
    while True:
        try:
            return listener.accept()[0]
        except OSError as error:
            if error.errno not in PASSING:
                raise
            time.sleep(0.02)


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
    while True:
        connection = accept(listener)
        start_worker(listener, connection)


main()
