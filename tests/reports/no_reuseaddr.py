# report: tio/tio#257, squarewavedot/matrixserver#2, kiesraad/abacus#2786
# mistake: no SO_REUSEADDR: for a minute after a stop the server cannot start again
# invariant: clean_restart
# fault: control
"""A thread for each client, and a socket without options."""

import os
import socket
import sys

from tests.mutants.unp import LISTENQ, serve_threads, str_echo

FIXED = "FIXED" in os.environ

listener = socket.socket()
if FIXED:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(LISTENQ)
serve_threads(listener, str_echo)
