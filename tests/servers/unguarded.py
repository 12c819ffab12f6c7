"""A server with a thread for each client, whose main thread dies of an error of accept.

Its threads go on, so the process ends only when the last client has gone: `unguarded.py PORT`. With
a word more, `unguarded.py PORT pauses`, it waits for a moment and tries again, without a word.
"""

import contextlib
import socket
import sys
import threading
import time


def serve(connection: socket.socket) -> None:
    """Echo to one client until it has sent its FIN, or a reset."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def main() -> None:
    """Accept until that fails."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024) as listener:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                if len(sys.argv) < 3:
                    raise
                time.sleep(1)
                continue
            threading.Thread(target=serve, args=(connection,)).start()


main()
