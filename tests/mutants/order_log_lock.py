# mistake: a thread holds the log's lock while main forks: the child waits for ever (fork(2))
# invariant: isolation
# fault: schedules
"""A forking server whose log is kept by a thread."""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable

from tests.mutants.unp import accept_client, serve, str_echo, tcp_listen

lock = threading.Lock()


def note(what: str) -> None:
    """Add a line to the log, if it was started with one that can be written."""
    with lock, contextlib.suppress(OSError):
        os.write(2, f"{what}\n".encode())


def keep_log() -> None:
    """Wait for all children that have ended, and note each."""
    while True:
        signal.sigwait([signal.SIGCHLD])
        try:
            while pid := os.waitpid(-1, os.WNOHANG)[0]:
                note(f"{pid} has ended")
        except ChildProcessError:
            continue


def echo(client: socket.socket) -> None:
    """Note a client, and serve it."""
    note("a client has come")
    str_echo(client)


def main(fork: Callable[[], int] = os.fork) -> None:
    """Serve each client with a child."""
    listener = tcp_listen()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    threading.Thread(target=keep_log, daemon=True).start()
    while True:
        client = accept_client(listener)
        try:
            pid = fork()
        except OSError:
            pid = -1
        if pid == 0:
            listener.close()
            serve(client, echo)
            os._exit(0)
        client.close()


if __name__ == "__main__":
    main()
