"""The correct half of the Python mutants and variants, after UNIX Network Programming, chapter 5.

A mutant replaces one piece of it; what it does not replace is right. A program that is run by hand
is started from the top of the checkout: `python -m tests.mutants.bytes_utf8 9877`.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Final, NoReturn

MAXLINE: Final = 4096
LISTENQ: Final = 1024

REST: Final = 0.02
"""Seconds to wait when descriptors or memory are short; without them accept() would spin."""

Echo = Callable[[socket.socket], None]


def tcp_listen() -> socket.socket:
    """Listen on the port that the command line names; SIGCHLD may have been blocked."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    return socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=LISTENQ)


def accept_client(listener: socket.socket) -> socket.socket:
    """Accept the next client; what happens to one connection is no reason to end."""
    while True:
        try:
            return listener.accept()[0]
        except OSError:
            time.sleep(REST)


def str_echo(connection: socket.socket) -> None:
    """Echo until the client has finished. Raises ConnectionError when it is broken."""
    while data := connection.recv(MAXLINE):
        connection.sendall(data)


def serve(connection: socket.socket, echo: Echo) -> None:
    """Serve one client and close its connection."""
    with connection, contextlib.suppress(ConnectionError):
        echo(connection)


def reap() -> None:
    """Wait for every child that has ended (UNP 5.10)."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass


def start_worker(listener: socket.socket, connection: socket.socket, echo: Echo) -> None:
    """Fork a child for one client; when there is none that client is turned away."""
    try:
        pid = os.fork()
    except OSError:
        pid = -1
    if pid == 0:
        listener.close()
        serve(connection, echo)
        os._exit(0)
    connection.close()


def serve_forking(listener: socket.socket, echo: Echo) -> NoReturn:
    """Fork a child for each client. Who reaps them is the caller's choice."""
    while True:
        start_worker(listener, accept_client(listener), echo)


def start_thread(connection: socket.socket, echo: Echo) -> None:
    """Start a thread for one client; when there is none that client is turned away."""
    try:
        threading.Thread(target=serve, args=(connection, echo), daemon=True).start()
    except RuntimeError:
        connection.close()


def serve_threads(listener: socket.socket, echo: Echo) -> NoReturn:
    """Start a thread for each client (UNP 26.4)."""
    while True:
        start_thread(accept_client(listener), echo)
