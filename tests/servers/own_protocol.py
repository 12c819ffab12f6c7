"""A server of the protocol in docs/services/own.toml: `own_protocol.py PORT [wrong]`.

It reads one request at a time and forgets what comes with it, as a server may that is never sent
more. With "wrong" it answers each request with the time.
"""

import socketserver
import sys
import time

ANSWERS = {} if "wrong" in sys.argv else {b"ADD 1 2": b"3\n", b"BYE": b"BYE\n"}


class Handler(socketserver.BaseRequestHandler):
    """Serves one client."""

    def handle(self) -> None:
        """Greet, and answer until it has left."""
        try:
            self.request.sendall(b"HELLO you\n")
            self.converse()
        except OSError:
            return

    def converse(self) -> None:
        """Answer one request after the other."""
        text = b""
        while data := self.request.recv(4096):
            text += data
            if b"\n" not in text:
                continue
            request, text = text.split(b"\n")[0], b""
            answer = ANSWERS.get(request) or time.strftime("%H:%M\n").encode()
            self.request.sendall(answer)
            if request == b"BYE":
                return


class Server(socketserver.ThreadingTCPServer):
    """Serves each client in a thread."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever(poll_interval=3600)
