# mistake: a client is taken out of one of two parallel lists, and bytes change owners (UNP 6.8)
# invariant: exact_echo
# fault: disconnect_burst
"""A select loop with a list of sockets and a list of what each is still to get."""

import select
import socket
import sys
import time

ROOM = 32768
sockets: list[socket.socket] = []
pending: list[bytes] = []
finished: set[socket.socket] = set()


def add(listener: socket.socket) -> None:
    """Accept one client; what happens to one connection is no reason to end."""
    try:
        connection, _ = listener.accept()
    except OSError:
        time.sleep(0.02)
        return
    connection.setblocking(False)
    sockets.append(connection)
    pending.append(b"")


def remove(connection: socket.socket) -> None:
    """Forget a client, but not what it was to get."""
    sockets.remove(connection)
    finished.discard(connection)
    connection.close()


def serve(connection: socket.socket, readable: bool) -> None:
    """Read once and write once."""
    i = sockets.index(connection)
    try:
        if readable:
            data = connection.recv(ROOM - len(pending[i]))
            pending[i] += data
            if not data:
                finished.add(connection)
        if pending[i]:
            pending[i] = pending[i][connection.send(pending[i]) :]
    except BlockingIOError:
        return
    except ConnectionError:
        remove(connection)
        return
    if connection in finished and not pending[i]:
        remove(connection)


def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        room = [s for s, bytes_ in zip(sockets, pending, strict=False) if len(bytes_) < ROOM]
        owed = [s for s, bytes_ in zip(sockets, pending, strict=False) if bytes_]
        read_from = [s for s in room if s not in finished]
        readable, writable, _ = select.select([listener, *read_from], owed, [])
        for connection in {*readable, *writable} - {listener}:
            serve(connection, connection in readable)
        if listener in readable:
            add(listener)


main()
