# mistake: SystemExit of its handler is caught with all other exceptions (PEP 352)
# invariant: clean_stop
# fault: stops
"""A thread for each client, and a loop that nothing may end."""

import contextlib
import signal
import sys

from tests.mutants.unp import accept_client, start_thread, str_echo, tcp_listen

listener = tcp_listen()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    with contextlib.suppress(BaseException):
        start_thread(accept_client(listener), str_echo)
