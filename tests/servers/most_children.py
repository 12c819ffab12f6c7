"""A forking server of the standard library, which waits in wait4 while it has its most children.

`most_children.py PORT LIMIT`.
"""

import os
import socketserver
import sys


class Echo(socketserver.StreamRequestHandler):
    """Echo until the client has sent its FIN."""

    def handle(self) -> None:
        """Serve one client."""
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Server(socketserver.ForkingTCPServer):
    """A process for each client."""

    allow_reuse_address = True
    request_queue_size = 128
    max_children = int(sys.argv[2])


if __name__ == "__main__":
    os.environ.clear()
    with Server(("127.0.0.1", int(sys.argv[1])), Echo) as server:
        server.serve_forever()
