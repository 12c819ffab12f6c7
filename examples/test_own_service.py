"""A service of one's own: a server that answers in upper case, tested like an echo server.

A service starts a conversation for each connection. The conversation is given what the kernel took
from the client, and returns what the server owes for it.
"""

import sys
from pathlib import Path

import anechoic
from anechoic import Target

PROGRAM = """
import os, signal, socket, sys

def sig_chld(number, frame):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
signal.signal(signal.SIGCHLD, sig_chld)
while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        while data := connection.recv(4096):
            connection.sendall(data.upper())
        os._exit(0)
    connection.close()
"""


class UpperCase:
    """Every byte comes back, ASCII letters in upper case."""

    def start(self) -> "UpperCase":
        """Begin a conversation; this service needs no memory."""
        return self

    def sent(self, data: bytes) -> bytes:
        """Return what is owed for `data`."""
        return data.upper()

    def ended(self) -> bytes:
        """Return what is owed at the end of the client's side: nothing more."""
        return b""


def test_a_server_that_answers_in_upper_case(tmp_path: Path) -> None:
    program = tmp_path / "upper.py"
    program.write_text(PROGRAM)
    target = Target.server(f"{sys.executable} {program} {{port}}")
    result = anechoic.check(
        target, service=UpperCase(), faults=["control", "disconnect_burst"], max_examples=4, seed=1
    )
    result.raise_for_violations()
