"""Forks a child for each client, at most so many; reaps every 0.2 s only, and counts until then."""

import os
import select
import socket
import sys
import time

PERIOD = 0.2

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
children: set[int] = set()
last = time.monotonic()
while True:
    readable, _, _ = select.select([listener], [], [], PERIOD)
    if time.monotonic() - last >= PERIOD:
        last = time.monotonic()
        children = {child for child in children if os.waitpid(child, os.WNOHANG) == (0, 0)}
    if not readable:
        continue
    connection, _ = listener.accept()
    with connection:
        if len(children) >= int(sys.argv[2]):
            continue
        if (child := os.fork()) == 0:
            listener.close()
            while data := connection.recv(65536):
                connection.sendall(data)
            os._exit(0)
        children.add(child)
