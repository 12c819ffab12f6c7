"""A server with a thread for each client: `threaded.py PORT [ANSWER [PATIENCE]]`.

ANSWER says what becomes of what it reads: `echo`, `upper`, or `swallow`, which drops the last of
more than a hundred bytes. With a PATIENCE in seconds it waits with a timeout, again and again.
"""

import contextlib
import select
import socket
import sys
import threading
from collections.abc import Callable

ANSWERS: dict[str, Callable[[bytes], bytes]] = {
    "echo": lambda data: data,
    "upper": bytes.upper,
    "swallow": lambda data: data[:-1] if len(data) > 100 else data,
}


def serve(connection: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    """Answer one client until it has sent its FIN, or a reset."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(answer(data))


def main() -> None:
    """Serve for ever."""
    port, answer, patience = (sys.argv[1:] + ["echo", ""][len(sys.argv) - 2 :])[:3]
    listener = socket.create_server(("127.0.0.1", int(port)), backlog=1024)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        if patience and not poll.poll(float(patience) * 1000):
            continue
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, ANSWERS[answer]), daemon=True).start()


main()
