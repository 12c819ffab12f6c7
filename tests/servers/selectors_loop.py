"""A server of one process and one thread that serves all its clients: `selectors_loop.py PORT`."""

import selectors
import socket
import sys

ROOM = 65536

selector = selectors.DefaultSelector()
pending: dict[socket.socket, bytes] = {}
finished: set[socket.socket] = set()


def accept(listener: socket.socket) -> None:
    """Take in one client."""
    connection, _ = listener.accept()
    connection.setblocking(False)
    pending[connection] = b""
    selector.register(connection, selectors.EVENT_READ)


def serve(connection: socket.socket, events: int) -> None:
    """Read once, write once, and let a client go that has got everything."""
    try:
        if events & selectors.EVENT_READ:
            data = connection.recv(ROOM)
            pending[connection] += data
            if not data:
                finished.add(connection)
        if pending[connection]:
            count = connection.send(pending[connection])
            pending[connection] = pending[connection][count:]
    except BlockingIOError:
        pass
    except OSError:
        pending[connection] = b""
        finished.add(connection)
    wanted = selectors.EVENT_WRITE if pending[connection] else 0
    if connection not in finished and len(pending[connection]) < ROOM:
        wanted |= selectors.EVENT_READ
    if wanted:
        selector.modify(connection, wanted)
        return
    selector.unregister(connection)
    del pending[connection]
    finished.discard(connection)
    connection.close()


def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            if key.fileobj is listener:
                accept(listener)
            elif isinstance(key.fileobj, socket.socket):
                serve(key.fileobj, events)


main()
