# report: cherrypy/cherrypy#686, jrosdahl/miniircd#61, tiny-http/tiny-http#283
# mistake: an exception of accept() ends the thread that accepts; the process serves no one new
# invariant: listener_survives
# fault: accept_errors
"""One thread accepts, and each client has one."""

import os
import threading
import time

from tests.mutants.unp import REST, start_thread, str_echo, tcp_listen

FIXED = "FIXED" in os.environ


listener = tcp_listen()


def accept_for_ever() -> None:
    """Start a thread for each client."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            if not FIXED:
                raise
            time.sleep(REST)
            continue
        start_thread(connection, str_echo)


accepting = threading.Thread(target=accept_for_ever)
accepting.start()
threading.Event().wait()
