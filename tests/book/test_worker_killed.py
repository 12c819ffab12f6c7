"""A forking server's worker is killed: what its client sees (UNP 5.12, RFC 2525, 2.17).

It is the kernel that closes for a killed process, so every server that makes a process for a
connection must look the same from outside: a worker that had read everything leaves a FIN, and the
client reads EOF; one with unread input leaves an RST, and the client's read fails with ECONNRESET.
Whether the listener survives is another question, and not asked here: tcpserv02 does not.

All processes that hold the connection are killed, for the kernel closes it with the last of them.
They are looked for in /proc, so that whoever keeps a copy of the connection is among them.
"""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from faults import moments
from faults.freezing import is_stopped
from target import processes, start
from target.command import Command
from target.handle import Handle
from target.processes import Process
from target.sockets import Endpoint
from tests.implementations import catalogue as implementations
from tests.implementations.catalogue import IMPLEMENTATIONS, Implementation
from tests.mutants import catalogue as programs
from tests.mutants.catalogue import VARIANTS, Variant
from tests.properties.running import HOST, PATIENCE, reserved_port, rung, wait_until

LADDER = ("tcpserv01", "tcpserv02", "tcpserv03", "tcpserv04")

MAKES_A_PROCESS = re.compile(r"\b(?:fork|serve_forking|start_worker)\(|ForkingMixIn|os\.fork")
"""How a variant says that each connection, or some of them, have a process of their own."""

LEFT_OUT = {
    "inetutils-inetd-internal-echo": "it knows port 7 only, which two tests cannot have at once; "
    "inetutils-inetd cat is the same server with a port of its own",
}
"""Forking servers that are not asked, and why."""

A_LINE = b"another line\n"


@dataclass(frozen=True)
class ForkingServer:
    """A server with a process for each connection, and where it comes from."""

    name: str
    origin: str | Variant | Implementation

    def missing(self) -> str | None:
        """Say why it cannot run on this machine; None when it can."""
        return (
            implementations.missing(self.origin)
            if isinstance(self.origin, Implementation)
            else None
        )

    def command(self, folder: Path) -> Command:
        """Return how it is started, compiled into the folder where it has to be."""
        match self.origin:
            case Variant():
                return Command(programs.build(self.origin, folder))
            case Implementation():
                return Command(implementations.build(self.origin, folder))
            case program:
                return rung(program)


SERVERS = (
    *(ForkingServer(program, program) for program in LADDER),
    *(
        ForkingServer(f"variant-{variant.name}", variant)
        for variant in VARIANTS
        if MAKES_A_PROCESS.search(variant.path.read_text(encoding="utf-8"))
    ),
    *(
        ForkingServer(one.identifier, one)
        for one in IMPLEMENTATIONS
        if one.model.startswith("fork") and one.identifier not in LEFT_OUT
    ),
)

every_forking_server = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forking-servers")


@cache
def built(server: ForkingServer, folder: Path) -> Command:
    """Compile each server once."""
    return server.command(folder)


@contextmanager
def serving(server: ForkingServer, folder: Path) -> Iterator[Handle]:
    reason = server.missing()
    if reason is not None:
        pytest.skip(reason)
    with reserved_port() as reservation:
        handle = start.start(built(server, folder), HOST, reservation, PATIENCE)
        try:
            yield handle
        finally:
            handle.stop()


@contextmanager
def served(handle: Handle) -> Iterator[socket.socket]:
    """Be a client that has had an echo, and whose workers alone have its connection."""
    with socket.create_connection((HOST, handle.endpoint.port), timeout=PATIENCE) as client:
        client.sendall(b"hello\n")
        with closing(client.makefile("rb")) as echoes:
            assert echoes.readline() == b"hello\n"
        wait_until(lambda: listener_is_done(handle, client))
        yield client


def listener_is_done(handle: Handle, client: socket.socket) -> bool:
    """Tell whether the listener has let go of the connection and waits for the next one."""
    found = workers(handle, client)
    return (
        bool(found)
        and all(worker.identity != handle.listener for worker in found)
        and moments.all_asleep((*handle.listeners(), *found))
    )


def end_of(client: socket.socket) -> Endpoint:
    return Endpoint(*client.getsockname())


def workers(handle: Handle, client: socket.socket) -> tuple[Process, ...]:
    return handle.holders(end_of(client))


def unread(handle: Handle, client: socket.socket) -> int:
    """Return how many bytes of the client wait in the receive queue of the server's kernel."""
    found = handle.connection(end_of(client))
    return found.receive_queue if found else 0


def freeze(handle: Handle, found: tuple[Process, ...]) -> None:
    for worker in found:
        assert handle.signal(worker.identity, signal.SIGSTOP)
    wait_until(lambda: all(is_stopped(worker.identity) for worker in found))


def kill(handle: Handle, found: tuple[Process, ...]) -> None:
    for worker in found:
        assert handle.signal(worker.identity, signal.SIGKILL)
    wait_until(lambda: all(moments.has_ended(worker.identity) for worker in found))


@every_forking_server
def test_the_client_of_an_idle_worker_that_is_killed_reads_eof(
    server: ForkingServer, folder: Path
) -> None:
    with serving(server, folder) as handle, served(handle) as client:
        assert unread(handle, client) == 0
        kill(handle, workers(handle, client))
        assert client.recv(1) == b""


@every_forking_server
def test_the_client_of_a_worker_that_is_killed_with_unread_input_gets_a_reset(
    server: ForkingServer, folder: Path
) -> None:
    with serving(server, folder) as handle, served(handle) as client:
        found = workers(handle, client)
        freeze(handle, found)
        client.sendall(A_LINE)
        wait_until(lambda: unread(handle, client) == len(A_LINE))
        kill(handle, found)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
