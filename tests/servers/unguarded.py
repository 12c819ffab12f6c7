"""A server with a thread for each client, whose main thread dies of an error of accept.

Its threads go on, so the process ends only when the last client has gone: `unguarded.py PORT`. With
a word more, `unguarded.py PORT pauses`, it waits for a moment and tries again, without a word;
with `spins` it tries again at once, and with `computes` it computes for good after its first two
clients, whatever accept has said.
"""

import contextlib
import itertools
import socket
import sys
import threading
import time

WORD = " ".join(sys.argv[2:])


def serve(connection: socket.socket) -> None:
    """Echo to one client until it has sent its FIN, or a reset."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def main() -> None:
    """Accept until that fails."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024) as listener:
        for number in itertools.count():
            while number > 1 and WORD == "computes":
                pass
            try:
                connection, _ = listener.accept()
            except OSError:
                if not WORD:
                    raise
                if WORD == "pauses":
                    time.sleep(1)
                continue
            threading.Thread(target=serve, args=(connection,)).start()


main()
