"""Listens before it can serve: `starts_late.py PORT TIMES`.

It answers "+PONG" to "PING"; but the first clients, so many of them, it tells that it starts.
"""

import itertools
import socketserver
import sys

TIMES = int(sys.argv[2])
CAME = itertools.count()


class Handler(socketserver.StreamRequestHandler):
    """Serves one client."""

    def handle(self) -> None:
        """Answer each line, or say once that it is too early."""
        is_early = next(CAME) < TIMES
        for _ in self.rfile:
            self.wfile.write(b"-too early\n" if is_early else b"+PONG\n")
            if is_early:
                return


class Server(socketserver.ThreadingTCPServer):
    """Serves each client in a thread."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 128


with Server(("", int(sys.argv[1])), Handler) as server:
    server.serve_forever()
