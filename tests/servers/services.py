"""A threading server of one small service: `services.py PORT NAME`."""

import itertools
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable


def echo(client: socket.socket) -> None:
    while data := client.recv(4096):
        client.sendall(data)


def discard(client: socket.socket) -> None:
    while client.recv(4096):
        pass


def lines(client: socket.socket) -> None:
    with client.makefile("rb") as file:
        for line in file:
            client.sendall(line)


def daytime(client: socket.socket) -> None:
    client.sendall(time.ctime().encode() + b"\r\n")


def time_service(client: socket.socket) -> None:
    client.sendall(struct.pack("!I", int(time.time()) + 2_208_988_800 & 0xFFFFFFFF))


def chargen(client: socket.socket) -> None:
    ring = bytes(range(0x20, 0x7F)) * 2
    for first in itertools.cycle(range(95)):
        client.sendall(ring[first : first + 72] + b"\r\n")


def chargen_that_ends(client: socket.socket) -> None:
    client.sendall(b"x" * 80)


def chargen_that_stops(client: socket.socket) -> None:
    client.sendall(b"x" * 80)
    discard(client)


def short_time(client: socket.socket) -> None:
    client.sendall(b"now")


def reads_nothing(client: socket.socket) -> None:
    threading.Event().wait()
    client.close()


def resets(client: socket.socket) -> None:
    discard(client)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


SERVICES: dict[str, Callable[[socket.socket], None]] = {
    "echo": echo,
    "discard": discard,
    "lines": lines,
    "daytime": daytime,
    "time": time_service,
    "chargen": chargen,
    "chargen_that_ends": chargen_that_ends,
    "chargen_that_stops": chargen_that_stops,
    "short_time": short_time,
    "resets": resets,
    "reads_nothing": reads_nothing,
}


class Handler(socketserver.BaseRequestHandler):
    """Serves one client."""

    def handle(self) -> None:
        """Serve until it has left; one that has gone is no error."""
        try:
            SERVICES[sys.argv[2]](self.request)
        except OSError:
            return


class Server(socketserver.ThreadingTCPServer):
    """Serves each client in a thread."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever(poll_interval=None)  # type: ignore[arg-type]
