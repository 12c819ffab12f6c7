# mistake: socketserver sets SO_REUSEADDR only where it is asked to (allow_reuse_address, UNP 7.5)
# invariant: clean_restart
# fault: control
"""The threading server of the standard library."""

import signal
import socketserver
import sys

from tests.mutants.unp import LISTENQ, serve, str_echo


class Echo(socketserver.BaseRequestHandler):
    """One client."""

    def handle(self) -> None:
        """Echo until it has finished."""
        serve(self.request, str_echo)


class Server(socketserver.ThreadingTCPServer):
    """A thread for each client, and as many as come."""

    request_queue_size = LISTENQ
    daemon_threads = True


signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
Server(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
