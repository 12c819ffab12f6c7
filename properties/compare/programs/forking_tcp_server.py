"""Echo with the standard library's socketserver, a process for each connection."""

import socketserver
import sys


class Echo(socketserver.BaseRequestHandler):
    """Send back what comes, until the client has no more."""

    def handle(self) -> None:
        """Serve one connection."""
        while data := self.request.recv(4096):
            self.request.sendall(data)


class Server(socketserver.ForkingTCPServer):
    """A server that can be restarted without waiting for TIME_WAIT to pass."""

    allow_reuse_address = True


if __name__ == "__main__":
    with Server((sys.argv[1], int(sys.argv[2])), Echo) as server:
        server.serve_forever()
