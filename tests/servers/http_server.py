"""A small HTTP/1.1 server with a thread for each client: `http_server.py PORT [WAY]`.

A way that begins with "wrong_" is a mistake; the others are correct. "cgi" and "wrong_zombies" ask
a child for each answer.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import time

HEADER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"
BODY = b"hello\n"
WAY = sys.argv[2] if len(sys.argv) > 2 else ""
PAUSE = 0.2
"""Seconds before another accept, where there was no descriptor."""

kept: list[socket.socket] = []


def body_of(*, child_is_reaped: bool) -> bytes:
    """Ask a child for the answer."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writes, BODY)
        os._exit(0)
    os.close(writes)
    answer = os.read(reads, 64)
    os.close(reads)
    if child_is_reaped:
        os.waitpid(pid, 0)
    return answer


def has_half_closed(client: socket.socket) -> bool:
    """Return whether the client's FIN has come after its request."""
    return bool(select.select([client], [], [], 0)[0]) and not client.recv(1, socket.MSG_PEEK)


def answer(client: socket.socket) -> None:
    """Answer one request, in two writes."""
    body = body_of(child_is_reaped=WAY == "cgi") if WAY in ("cgi", "wrong_zombies") else BODY
    client.sendall(HEADER)
    client.sendall(body)


def converse(client: socket.socket) -> None:
    """Answer all requests of a client."""
    text = b""
    while data := client.recv(4096):
        *requests, text = (text + data).split(b"\r\n\r\n")
        if requests and WAY == "wrong_half_close" and has_half_closed(client):
            return
        for request in requests:
            answer(client)
            if b"close" in request:
                return


def serve(client: socket.socket) -> None:
    """Serve one client until it has left."""
    try:
        converse(client)
    except OSError:
        if WAY == "wrong_leak":
            kept.append(client)
            return
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_WR)
    client.close()


def accept(listener: socket.socket) -> socket.socket | None:
    """Return the next client, None where there is none."""
    try:
        return listener.accept()[0]
    except OSError:
        if WAY == "wrong_aborted":
            raise
        if WAY != "wrong_spin":
            time.sleep(PAUSE)
        return None


def begin(client: socket.socket) -> None:
    """Serve a client in a thread of its own; end its connection where there can be none."""
    try:
        threading.Thread(target=serve, args=(client,), daemon=True).start()
    except RuntimeError:
        client.close()
        time.sleep(PAUSE)


def main() -> None:
    """Accept without end."""
    if WAY == "wrong_sigpipe":
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128) as listener:
        while True:
            if (client := accept(listener)) is not None:
                begin(client)


main()
