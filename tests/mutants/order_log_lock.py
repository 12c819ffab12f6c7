# mistake: a thread holds the log's lock while main forks: the child waits for ever (fork(2))
# invariant: isolation
# fault: schedules
"""A forking server whose log is kept by a thread."""

import os
import queue
import signal
import socket
import threading
from collections.abc import Callable

from tests.mutants.unp import accept_client, serve, str_echo, tcp_listen

lock = threading.Lock()
ended: queue.SimpleQueue[int] = queue.SimpleQueue()


def note(what: str) -> None:
    """Add a line to the log."""
    with lock:
        os.write(2, f"{what}\n".encode())


def keep_log() -> None:
    """Note each child that has ended."""
    while True:
        note(f"{ended.get()} has ended")


def echo(client: socket.socket) -> None:
    """Note a client, and serve it."""
    note("a client has come")
    str_echo(client)


def reap(number: int, frame: object) -> None:
    """Wait for all children that have ended, and let the thread note them."""
    del number, frame
    try:
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            ended.put(pid)
    except ChildProcessError:
        return


def main(fork: Callable[[], int] = os.fork) -> None:
    """Serve each client with a child."""
    listener = tcp_listen()
    threading.Thread(target=keep_log, daemon=True).start()
    signal.signal(signal.SIGCHLD, reap)
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
