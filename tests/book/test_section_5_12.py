"""UNP 5.12 acted out: the server child is killed, and what kernel, parent and client make of it.

Each step looks where the book looks: at the sockets with netstat, at the processes with ps. Here
both are read from the kernel (`target.sockets`, `target.processes`). The client has a terminal, as
in the book. Sections 5.6, 5.7 and 5.13 are beside it, because they are its other endings.
"""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from target import client_handle, settled, sockets, start
from target.client_handle import ClientHandle, InputKind
from target.command import Command
from target.handle import Handle
from target.held import Ending, Held
from target.processes import Identity
from target.sockets import Endpoint, TcpState
from tests.book.acting import (
    EXITED,
    FAILED,
    IN_ACCEPT,
    IN_READ,
    TERMINATED,
    eventually,
    said,
    sleeps_in,
)
from tests.properties.server_runs import HOST, PATIENCE, reserved_port, rung, wait_until

LISTEN, ESTABLISHED = TcpState.LISTEN, TcpState.ESTABLISHED
FIN_WAIT2, TIME_WAIT, CLOSE_WAIT = TcpState.FIN_WAIT2, TcpState.TIME_WAIT, TcpState.CLOSE_WAIT
GONE = None


class Netstat(NamedTuple):
    """The three lines of netstat that have the server's port in them."""

    listening: TcpState | None
    server: TcpState | None
    client: TcpState | None


class Ps(NamedTuple):
    """The calls that our three processes sleep in; empty for one that runs."""

    parent: set[str]
    child: set[str]
    client: set[str]


@dataclass(frozen=True)
class Book:
    """All who take part: server parent and child, a client, its end of the connection."""

    server: Handle
    child: Identity
    client: ClientHandle
    port: Endpoint


# The processes.


@contextmanager
def listening(program: str) -> Iterator[Handle]:
    """Start a server of the book, and wait until it sleeps in accept."""
    with reserved_port() as reservation:
        server = start.start(rung(program), HOST, reservation, PATIENCE)
        try:
            eventually(lambda: sleeps_in(server.listener), IN_ACCEPT)
            yield server
        finally:
            server.stop()


@contextmanager
def talking(server_program: str, client_program: str) -> Iterator[Book]:
    """Start server and client, and wait until all three processes sleep (UNP 5.6)."""
    words = (sys.executable, "-P", "-m", f"target.{client_program}", "{host}", "{port}")
    with listening(server_program) as server:
        client = client_handle.start(Command(words), server.endpoint, InputKind.TERMINAL)
        try:
            eventually(lambda: [one.state for one in client.connections()], [ESTABLISHED])
            (connection,) = client.connections()
            book = Book(server, child_for(server, connection.local), client, connection.local)
            wait_until(lambda: sleeps_in(client.root))
            yield book
        finally:
            client.stop()


def child_for(server: Handle, client: Endpoint) -> Identity:
    """Wait until the child alone has the connection, and sleeps in read; return the child."""

    def holders() -> list[Identity]:
        return [process.identity for process in server.holders(client)]

    wait_until(lambda: len(holders()) == 1 and server.listener not in holders())
    (child,) = holders()
    eventually(lambda: sleeps_in(child), IN_READ)
    eventually(lambda: sleeps_in(server.listener), IN_ACCEPT)
    return child


# What can be seen.


def netstat(book: Book) -> Netstat:
    listener = book.server.listening_socket()
    server = book.server.connection(book.port)
    client = sockets.find(book.port, book.server.endpoint)
    return Netstat(*(found.state if found else GONE for found in (listener, server, client)))


def ps(book: Book) -> Ps:
    held = (book.server.listener, book.child, book.client.root)
    return Ps(*(sleeps_in(identity) for identity in held))


def family(server: Handle) -> list[tuple[Identity, bool]]:
    """Return the server's processes, and which of them are zombies."""
    return [(process.identity, process.is_zombie) for process in server.tree()]


def is_settled(held: Held) -> bool:
    """Tell whether nothing but we can wake it: what it has not done by now it never will."""
    return settled.restless(held.look(), held.look()) is None


# What is done to it.


def types(book: Book, line: bytes) -> None:
    assert book.client.streams.write(line) == len(line)


def prints(book: Book, line: bytes) -> None:
    """Wait until the client has printed this, and nothing beside it."""
    printed = b""
    while len(printed) < len(line) and (more := said(book.client.streams.output)):
        printed += more
    assert printed == line


def quits(book: Book, ending: Ending, last_words: bytes) -> None:
    """Wait for the end of the client; it has said this on standard error and no more is printed."""
    eventually(lambda: book.client.ending_of(book.client.root), ending)
    assert (said(book.client.streams.output), said(book.client.streams.errors)) == (b"", last_words)


def kill_the_child(book: Book) -> None:
    assert book.server.signal(book.child, signal.SIGKILL)


def is_reaped(book: Book) -> None:
    """Wait for SIGCHLD to be handled: the parent is alone, owes no wait, and accepts again."""
    eventually(lambda: family(book.server), [(book.server.listener, False)])
    wait_until(lambda: is_settled(book.server))
    assert family(book.server) == [(book.server.listener, False)]
    assert sleeps_in(book.server.listener) == IN_ACCEPT


# 5.6: normal startup.


def test_before_any_client_there_is_one_socket_and_it_listens() -> None:
    with listening("tcpserv04") as server:
        (found,) = server.listening_sockets()
        assert (found.state, found.local) == (LISTEN, server.endpoint)
        assert family(server) == [(server.listener, False)]


def test_once_they_are_connected_all_three_processes_sleep() -> None:
    with talking("tcpserv04", "tcpcli01") as book:
        assert netstat(book) == (LISTEN, ESTABLISHED, ESTABLISHED)
        assert ps(book) == (IN_ACCEPT, IN_READ, IN_READ)
        parents = {process.identity: process.parent for process in book.server.tree()}
        assert parents[book.child] == book.server.listener.pid


# 5.7: normal termination.


@pytest.mark.parametrize("client", ["tcpcli01", "tcpcli"])
def test_a_normal_end_leaves_time_wait_with_the_client_who_closed_first(client: str) -> None:
    with talking("tcpserv04", client) as book:
        for line in (b"hello, world\n", b"good bye\n"):
            types(book, line)
            prints(book, line)
        book.client.streams.end_input(in_a_line=False)
        quits(book, EXITED, b"")
        eventually(lambda: netstat(book), Netstat(LISTEN, GONE, TIME_WAIT))
        is_reaped(book)


def test_after_a_normal_end_the_child_of_tcpserv01_is_a_zombie() -> None:
    with talking("tcpserv01", "tcpcli01") as book:
        book.client.streams.end_input(in_a_line=False)
        quits(book, EXITED, b"")
        both = [(book.server.listener, False), (book.child, True)]
        eventually(lambda: family(book.server), both)
        wait_until(lambda: is_settled(book.server))
        assert family(book.server) == both


# 5.12: termination of the server process.


def test_a_client_blocked_in_fgets_is_told_with_its_next_line_that_the_server_was_killed() -> None:
    with talking("tcpserv04", "tcpcli01") as book:
        # One line is typed and echoed: all is well.
        types(book, b"hello\n")
        prints(book, b"hello\n")
        assert netstat(book) == (LISTEN, ESTABLISHED, ESTABLISHED)

        # The child is killed. Its kernel closes for it: a FIN, which the client's kernel answers.
        kill_the_child(book)
        eventually(lambda: netstat(book), Netstat(LISTEN, FIN_WAIT2, CLOSE_WAIT))

        # SIGCHLD goes to the parent, which knows what to do.
        is_reaped(book)

        # The client does nothing: it sleeps in fgets, and only a line can wake it. netstat shows
        # the FIN that it has not read as one byte in its receive queue.
        wait_until(lambda: is_settled(book.client))
        assert ps(book) == (IN_ACCEPT, set(), IN_READ)
        assert client_handle.read(book.client.streams.errors) is None
        assert netstat(book) == (LISTEN, FIN_WAIT2, CLOSE_WAIT)
        ours = sockets.find(book.port, book.server.endpoint)
        assert ours is not None
        assert ours.receive_queue == 1

        # A second line may be sent after a FIN. No process reads it any more: RST.
        types(book, b"another line\n")

        # readline returns the EOF of the FIN, the client tells, and nothing is left of the
        # connection. Without the RST one side of it would be in TIME_WAIT now.
        quits(book, FAILED, TERMINATED)
        assert netstat(book) == (LISTEN, GONE, GONE)


def test_a_client_that_watches_the_socket_too_is_told_at_once_that_the_server_was_killed() -> None:
    with talking("tcpserv04", "tcpcli") as book:
        types(book, b"hello\n")
        prints(book, b"hello\n")
        kill_the_child(book)
        quits(book, FAILED, TERMINATED)
        is_reaped(book)


def test_without_a_second_line_time_wait_is_left_with_the_side_that_was_killed() -> None:
    with talking("tcpserv04", "tcpcli01") as book:
        kill_the_child(book)
        eventually(lambda: netstat(book), Netstat(LISTEN, FIN_WAIT2, CLOSE_WAIT))
        book.client.streams.end_input(in_a_line=False)
        quits(book, FAILED, TERMINATED)
        eventually(lambda: netstat(book), Netstat(LISTEN, TIME_WAIT, GONE))


@contextmanager
def our_end_after_the_kill() -> Iterator[socket.socket]:
    """Be the client, whose server child was killed and whose kernel has the FIN."""
    with (
        listening("tcpserv04") as server,
        socket.create_connection((HOST, server.endpoint.port), timeout=PATIENCE) as ours,
    ):
        child = child_for(server, Endpoint(*ours.getsockname()))
        assert server.signal(child, signal.SIGKILL)
        eventually(lambda: sockets.state_of(ours), CLOSE_WAIT)
        yield ours


def send_the_second_line(ours: socket.socket) -> None:
    ours.sendall(b"another line\n")
    eventually(lambda: sockets.state_of(ours), TcpState.CLOSE)


def test_the_second_line_is_answered_with_a_reset_and_still_eof_is_what_is_read() -> None:
    with our_end_after_the_kill() as ours:
        send_the_second_line(ours)
        assert ours.recv(1) == b""


# 5.13: the SIGPIPE signal, which Python ignores.


def test_a_third_line_meets_a_broken_pipe() -> None:
    with our_end_after_the_kill() as ours:
        send_the_second_line(ours)
        with pytest.raises(BrokenPipeError):
            ours.send(b"and one more\n")
