"""A forking server's worker is killed: what its client sees (UNP 5.12, RFC 2525, 2.17).

It is the kernel that closes for a killed process, so every server that makes a process for a
connection must look the same from outside: a worker that had read everything leaves a FIN, and the
client reads EOF; one with unread input leaves an RST, and the client's read fails with ECONNRESET.
Whether the listener survives is another question, and not asked here: tcpserv02 does not.

All processes that have the connection open are killed, as /proc shows them, because the kernel
closes it with the last of them. What serves from behind, such as the cat of `socat EXEC:cat` on its
socket pair, is left out: its death is EOF to the worker in front, which closes in its own way.
"""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from faults import conditions
from faults.freezing import is_stopped
from target import settled, sockets, start
from target.command import Command
from target.handle import Handle
from target.processes import Process
from target.sockets import Endpoint, TcpState
from tests.implementations import catalogue as implementations
from tests.implementations.catalogue import IMPLEMENTATIONS, Implementation
from tests.mutants import catalogue as programs
from tests.mutants.catalogue import MUTANTS, VARIANTS, Mutant, Variant
from tests.properties.server_runs import HOST, PATIENCE, reserved_port, rung, wait_until

LADDER = ("tcpserv01", "tcpserv02", "tcpserv03", "tcpserv04")

FORKS = re.compile(r"\b(?:fork|serve_forking|start_worker)\(")
"""How the source of a variant shows that it serves in other processes than the one it began as."""

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
    origin: str | Mutant | Variant | Implementation

    def missing(self) -> str | None:
        """Say why it cannot run on this machine; None when it can."""
        if isinstance(self.origin, Implementation):
            return implementations.missing(self.origin)
        return None

    def command(self) -> Command:
        """Return how it is started, compiled where it has to be."""
        match self.origin:
            case Mutant() | Variant():
                return Command(programs.build(self.origin))
            case Implementation():
                return Command(implementations.build(self.origin))
            case program:
                return rung(program)


SERVERS = (
    *(ForkingServer(program, program) for program in LADDER),
    *(
        ForkingServer(f"variant-{variant.name}", variant)
        for variant in VARIANTS
        if FORKS.search(variant.path.read_text(encoding="utf-8"))
    ),
    *(
        ForkingServer(one.identifier, one)
        for one in IMPLEMENTATIONS
        if one.model.startswith("fork") and one.identifier not in LEFT_OUT
    ),
)

KEEPS_THE_CONNECTION = next(
    ForkingServer(f"mutant-{mutant.name}", mutant)
    for mutant in MUTANTS
    if mutant.name == "fd_listener_keeps"
)

every_forking_server = pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)


@contextmanager
def serving(server: ForkingServer) -> Iterator[Handle]:
    reason = server.missing()
    if reason is not None:
        pytest.skip(reason)
    with reserved_port() as reservation:
        handle = start.start(server.command(), HOST, reservation, PATIENCE)
        try:
            yield handle
        finally:
            handle.stop()


@contextmanager
def served(handle: Handle) -> Iterator[socket.socket]:
    """Be a client that has had an echo."""
    with socket.create_connection((HOST, handle.endpoint.port), timeout=PATIENCE) as client:
        client.sendall(b"hello\n")
        with closing(client.makefile("rb")) as echoes:
            assert echoes.readline() == b"hello\n"
        yield client


@contextmanager
def alone_with_its_workers(handle: Handle) -> Iterator[socket.socket]:
    """Be such a client once the listener has let go of its connection and awaits the next one."""
    with served(handle) as client:
        wait_until(lambda: workers(handle, client) and not listener_holds(handle, client))
        wait_until(lambda: conditions.all_asleep((*handle.listeners(), *workers(handle, client))))
        yield client


def listener_holds(handle: Handle, client: socket.socket) -> bool:
    return handle.listener in [holder.identity for holder in workers(handle, client)]


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
    """Kill workers and wait until all have ended, be it because the one before them has."""
    for worker in found:
        handle.signal(worker.identity, signal.SIGKILL)
    wait_until(lambda: all(conditions.has_ended(worker.identity) for worker in found))


@every_forking_server
def test_the_client_of_an_idle_worker_that_is_killed_reads_eof(server: ForkingServer) -> None:
    with serving(server) as handle, alone_with_its_workers(handle) as client:
        assert unread(handle, client) == 0
        kill(handle, workers(handle, client))
        assert client.recv(1) == b""


@every_forking_server
def test_the_client_of_a_worker_that_is_killed_with_unread_input_gets_a_reset(
    server: ForkingServer,
) -> None:
    with serving(server) as handle, alone_with_its_workers(handle) as client:
        found = workers(handle, client)
        freeze(handle, found)
        client.sendall(A_LINE)
        wait_until(lambda: unread(handle, client) == len(A_LINE))
        kill(handle, found)
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_listener_that_keeps_the_connection_open_hides_the_end_of_its_worker() -> None:
    with serving(KEEPS_THE_CONNECTION) as handle, served(handle) as client:
        wait_until(lambda: len(workers(handle, client)) == 2)
        (worker,) = (one for one in workers(handle, client) if one.identity != handle.listener)
        kill(handle, (worker,))
        wait_until(lambda: settled.restless(handle.look(), handle.look()) is None)
        assert sockets.state_of(client) is TcpState.ESTABLISHED


def test_what_is_left_out_is_in_the_catalogue() -> None:
    assert {one.identifier for one in IMPLEMENTATIONS} >= LEFT_OUT.keys()
