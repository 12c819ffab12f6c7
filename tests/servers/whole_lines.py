"""An echo server that sends a line back once it is whole, and what follows the last at the end."""

import selectors
import socket
import sys

WHOLE = b"\n"


def serve(listener: socket.socket) -> None:
    """Serve all clients in one loop."""
    loop = selectors.DefaultSelector()
    loop.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in loop.select():
            if key.fileobj is listener:
                accepted, _ = listener.accept()
                loop.register(accepted, selectors.EVENT_READ, bytearray())
            else:
                assert isinstance(key.fileobj, socket.socket)
                if not answered(key.fileobj, key.data):
                    loop.unregister(key.fileobj)
                    key.fileobj.close()


def answered(connection: socket.socket, begun: bytearray) -> bool:
    """Answer what has come; return whether the connection goes on."""
    try:
        data = connection.recv(65536)
        begun += data
        whole = begun.rfind(WHOLE) + 1 if data else len(begun)
        connection.setblocking(True)
        connection.sendall(begun[:whole])
    except OSError:
        return False
    del begun[:whole]
    return bool(data)


serve(socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128))
