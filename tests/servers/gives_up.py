"""An echo server that gives a client up that does not read: `gives_up.py PORT SECONDS`.

It keeps what it cannot write. Once a client has half-closed, nothing may stand still for so long.
"""

import select
import socket
import sys
import threading


def serve(connection: socket.socket, seconds: float) -> None:
    """Answer one client until all is written after its FIN, or it is given up."""
    connection.setblocking(False)
    kept, is_over = bytearray(), False
    with connection:
        while kept or not is_over:
            wanted = (0 if is_over else select.POLLIN) | (select.POLLOUT if kept else 0)
            poll = select.poll()
            poll.register(connection, wanted)
            ready = poll.poll(seconds * 1000 if is_over else None)
            if not ready:
                return
            if ready[0][1] & select.POLLOUT:
                del kept[: connection.send(kept)]
            elif data := connection.recv(65536):
                kept += data
            else:
                is_over = True


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
while True:
    accepted = listener.accept()[0]
    threading.Thread(target=serve, args=(accepted, float(sys.argv[2])), daemon=True).start()
