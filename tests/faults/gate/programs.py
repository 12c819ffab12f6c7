"""Targets behind a gate, and what the tests of the gate do with them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from faults.gate.calls import Kind
from faults.gate.gate import Gate
from target.command import REFERENCE, Command
from tests.properties.server_runs import PATIENCE, serving


@dataclass(frozen=True)
class Behind:
    """A server behind a gate."""

    gate: Gate
    port: int
    listener: int

    def client(self) -> socket.socket:
        """Connect."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def echo(self, sent: bytes, client: socket.socket | None = None) -> bytes:
        """Send, and read as much."""
        with client or self.client() as connection:
            connection.sendall(sent)
            return received(connection, len(sent))


def received(connection: socket.socket, count: int) -> bytes:
    """Read so many bytes, or what there is before the end."""
    found = b""
    while len(found) < count and (more := connection.recv(count - len(found))):
        found += more
    return found


@contextmanager
def behind(
    command: Command = REFERENCE, kinds: frozenset[Kind] = frozenset(Kind)
) -> Iterator[Behind]:
    """Run a server behind a gate for all kinds of calls, or for these."""
    with serving(command, kinds) as server:
        assert server.gate is not None
        assert server.handle is not None
        yield Behind(server.gate, server.endpoint.port, server.handle.listener.pid)
