"""Programs that tests run behind the gate, and what the tests do with them."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from properties.gated.program import GatedProgram, gated
from properties.gated.rules import GateRule

PATIENCE = 30.0

ECHO = """\
import socket, sys
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
while True:
    connection, _ = listening.accept()
    while data := connection.recv(100):
        connection.sendall(data)
    connection.close()
"""
"""An echo server that serves one client after the other, and ends with the first error."""


@dataclass
class Behind:
    """A program behind the gate, and our ends of its input and its output."""

    program: GatedProgram
    input: int
    output: int
    _read: bytes = field(default=b"")

    def line(self) -> str:
        """Wait for its next line."""
        while b"\n" not in self._read:
            more = os.read(self.output, 1000)
            assert more, "it ended without the line"
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.decode()

    def rest(self) -> str:
        """Return all that it writes until it has ended."""
        self.program.wait(PATIENCE)
        os.set_blocking(self.output, False)
        while more := self._more():
            self._read += more
        return self._read.decode()

    def _more(self) -> bytes:
        try:
            return os.read(self.output, 1000)
        except BlockingIOError:
            return b""

    def tell(self) -> None:
        """Let it go on: it waits for a byte."""
        os.write(self.input, b"x")

    def await_hold(self) -> None:
        """Wait until a call is held."""
        wait_until(lambda: bool(self.program.hits))


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@contextmanager
def behind(source: str, *rules: GateRule, words: tuple[str, ...] = ()) -> Iterator[Behind]:
    """Run a Python program behind the gate."""
    with running([sys.executable, "-S", "-c", source, *words], *rules) as found:
        yield found


@contextmanager
def running(command: list[str], *rules: GateRule) -> Iterator[Behind]:
    """Run a command behind the gate, its standard input and output in our hands."""
    their_input, our_input = os.pipe()
    our_output, their_output = os.pipe()
    try:
        with gated(command, *rules, stdin=their_input, stdout=their_output) as program:
            yield Behind(program, our_input, our_output)
    finally:
        for descriptor in (their_input, our_input, our_output, their_output):
            os.close(descriptor)


def echoed(port: int, sent: bytes = b"hello") -> bytes:
    """Return what a server sends back to one client, up to the end."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        found = b""
        while more := client.recv(100):
            found += more
        return found


def script(folder: Path, name: str, source: str = ECHO) -> list[str]:
    """Write a program; return the command that runs it."""
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return [sys.executable, "-S", str(path)]
