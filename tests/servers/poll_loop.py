"""A correct server in a poll() loop."""

import select
import socket
import sys

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
poll = select.poll()
poll.register(listener, select.POLLIN)
connections: dict[int, socket.socket] = {}
while True:
    for descriptor, _ in poll.poll():
        if descriptor == listener.fileno():
            connection, _ = listener.accept()
            connections[connection.fileno()] = connection
            poll.register(connection, select.POLLIN)
        elif descriptor in connections:
            try:
                data = connections[descriptor].recv(4096)
                connections[descriptor].sendall(data)
            except OSError:
                data = b""
            if not data:
                poll.unregister(descriptor)
                connections.pop(descriptor).close()
