"""UNP 5.12 with both endings: the client gets EOF or ECONNRESET, "dependent on the timing".

The timing is ours. Server and client are on two hosts; the wire between them holds back the FIN of
the child that is killed, or the RST that answers the client's next line. netstat is looked at on
both hosts. The server's listening socket is made on the other host and handed to the reference,
which then serves with its own code: a socket belongs to the host that it was made on.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from faults.wire import wire
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction, Fate, Kind
from faults.wire.wire import PEER, Wire
from target import client_handle, processes
from target.client_handle import ClientHandle, InputKind
from target.command import Command
from target.descendants import children_of
from target.held import Ending
from target.netstat import sockets_of
from target.processes import Identity
from target.sockets import Endpoint, TcpState
from tests.book.acting import FAILED, IN_ACCEPT, IN_READ, TERMINATED, eventually, said, sleeps_in
from tests.chambers import inside, needs_a_chamber
from tests.properties.server_runs import HOST

pytestmark = needs_a_chamber

LISTEN, ESTABLISHED, CLOSE_WAIT = TcpState.LISTEN, TcpState.ESTABLISHED, TcpState.CLOSE_WAIT
FIN_WAIT1, FIN_WAIT2, LAST_ACK = TcpState.FIN_WAIT1, TcpState.FIN_WAIT2, TcpState.LAST_ACK

TO_CLIENT, FROM_CLIENT = Direction.TO_TARGET, Direction.FROM_TARGET
"""The client is the target here, and the server on the other host."""

RESET = b"str_cli: connection reset by peer\n"

REFERENCE = """\
from target.echo_server import serve, take_signals
from target.tcpserv04 import sig_chld
serve({listener}, take_signals(sig_chld), True)
"""


class Netstat(NamedTuple):
    """The states of all sockets of the server's port on each host."""

    server: tuple[TcpState, ...]
    client: tuple[TcpState, ...]


@dataclass(frozen=True)
class Act:
    """All who take part, and what the kernel of the server's host is asked through."""

    between: Wire
    diag: socket.socket
    server: Identity
    client: ClientHandle
    port: int

    def netstat(self) -> Netstat:
        """Look at both hosts."""
        found = sockets_of(self.port, self.diag), sockets_of(self.port)
        return Netstat(*(tuple(sorted(one.state for one in host)) for host in found))

    def children(self) -> list[tuple[Identity, bool]]:
        """Return the server's children, and which of them are zombies."""
        found = map(processes.look_at, children_of(self.server.pid))
        return [(one.identity, one.is_zombie) for one in found if one is not None]

    def child(self) -> Identity:
        """Wait until the child that serves the client sleeps in read, and return it."""
        eventually(lambda: [sleeps_in(one) for one, _ in self.children()], [IN_READ])
        return self.children()[0][0]

    def types(self, line: bytes) -> None:
        """Type a line at the client's terminal."""
        assert self.client.streams.write(line) == len(line)

    def quits(self, last_words: bytes) -> None:
        """Wait for the client's end; it has said this on standard error."""
        eventually(lambda: self.client.ending_of(self.client.root), FAILED)
        assert said(self.client.streams.errors) == last_words

    def seen(self, kind: Kind, fate: Fate, direction: Direction = TO_CLIENT) -> bool:
        """Return whether the wire has done this to a segment, for the client or from it."""
        return any(
            (one.kind, one.fate, one.direction) == (kind, fate, direction)
            for one in self.between.log()
        )


@contextmanager
def listening(between: Wire) -> Iterator[tuple[Identity, int]]:
    """Start the reference with a listening socket of the other host; give it and its port."""
    with between.make_socket() as listener:
        listener.setblocking(False)
        listener.bind((PEER, 0))
        listener.listen()
        descriptor, port = listener.fileno(), listener.getsockname()[1]
        program = REFERENCE.format(listener=descriptor)
        words = [sys.executable, "-P", "-c", program]
        with subprocess.Popen(words, pass_fds=[descriptor]) as process:
            listener.close()
            try:
                identity = processes.identify(process.pid)
                assert identity is not None
                eventually(lambda: sleeps_in(identity), IN_ACCEPT)
                yield identity, port
            finally:
                process.send_signal(signal.SIGTERM)


@contextmanager
def acted(program: str) -> Iterator[Act]:
    """Start the reference on one host and a client of the book on the other."""
    between = wire.of_this_process()
    assert between is not None
    between.open(HOST)
    between.begin()
    words = (sys.executable, "-P", "-m", f"target.{program}", "{host}", "{port}")
    with listening(between) as (server, port), between.make_diag() as diag:
        client = client_handle.start(Command(words), Endpoint(PEER, port), InputKind.TERMINAL)
        try:
            act = Act(between, diag, server, client, port)
            eventually(act.netstat, Netstat((ESTABLISHED, LISTEN), (ESTABLISHED,)))
            yield act
        finally:
            client.stop()


def on_two_hosts(program: str, act: Callable[[Act], None]) -> None:
    """Act with this client, in a chamber with two hosts."""

    def entered() -> None:
        with acted(program) as made:
            act(made)

    inside(entered, with_rights=wire.stand_by)


def is_echoed_and_killed(act: Act) -> None:
    """Type a line, which is echoed, and kill the child."""
    child = act.child()
    act.types(b"hello\n")
    assert said(act.client.streams.output) == b"hello\n"
    assert act.netstat() == ((ESTABLISHED, LISTEN), (ESTABLISHED,))
    os.kill(child.pid, signal.SIGKILL)


def is_reaped(act: Act) -> None:
    """Wait for SIGCHLD to be handled by the parent, whatever becomes of the FIN."""
    eventually(act.children, [])
    eventually(lambda: sleeps_in(act.server), IN_ACCEPT)


def with_the_reset_held(act: Act) -> None:
    hold = Rule(Action.HOLD, TO_CLIENT, frozenset({Kind.RST}))
    with act.between.ruled(hold):
        is_echoed_and_killed(act)
        # The FIN has come and is acknowledged. The client sleeps in fgets, and has not seen it.
        eventually(act.netstat, Netstat((FIN_WAIT2, LISTEN), (CLOSE_WAIT,)))
        is_reaped(act)
        assert sleeps_in(act.client.root) == IN_READ

        # The next line is answered with RST, which is on its way; readline returns the EOF.
        act.types(b"another line\n")
        act.quits(TERMINATED)

        # The client's FIN is not acknowledged: its kernel goes on although the client has ended.
        eventually(act.netstat, Netstat((LISTEN,), (LAST_ACK,)))
        eventually(lambda: act.seen(Kind.RST, Fate.HELD), True)
    # The RST comes at last.
    eventually(act.netstat, Netstat((LISTEN,), ()))


def with_the_fin_held(act: Act) -> None:
    hold = Rule(Action.HOLD, TO_CLIENT, frozenset({Kind.FIN}))
    with act.between.ruled(hold):
        is_echoed_and_killed(act)
        # The server's kernel waits for the acknowledgement of a FIN that the client's has not seen.
        eventually(act.netstat, Netstat((FIN_WAIT1, LISTEN), (ESTABLISHED,)))
        eventually(lambda: act.seen(Kind.FIN, Fate.HELD), True)
        is_reaped(act)

        # The next line is answered with RST, and that is all that the client hears.
        act.types(b"another line\n")
        act.quits(RESET)
        assert act.seen(Kind.RST, Fate.PASSED)
        eventually(act.netstat, Netstat((LISTEN,), ()))


def test_a_client_in_fgets_reads_eof_if_the_reset_comes_later() -> None:
    on_two_hosts("tcpcli01", with_the_reset_held)


@pytest.mark.parametrize("client", ["tcpcli01", "tcpcli"])
def test_a_client_is_told_of_a_reset_if_the_fin_comes_later(client: str) -> None:
    on_two_hosts(client, with_the_fin_held)


def test_a_client_that_watches_the_socket_reads_eof_before_there_is_any_reset() -> None:
    def act(made: Act) -> None:
        child = made.child()
        os.kill(child.pid, signal.SIGKILL)
        made.quits(TERMINATED)
        # It closes after the server: the one that was killed is left in TIME_WAIT.
        eventually(made.netstat, Netstat((TcpState.TIME_WAIT, LISTEN), ()))
        assert not made.seen(Kind.RST, Fate.PASSED)

    on_two_hosts("tcpcli", act)


def test_without_another_line_both_ends_stay_half_closed() -> None:
    def act(made: Act) -> None:
        is_echoed_and_killed(made)
        eventually(made.netstat, Netstat((FIN_WAIT2, LISTEN), (CLOSE_WAIT,)))
        made.client.streams.end_input(in_a_line=False)
        eventually(lambda: made.client.ending_of(made.client.root), Ending(1, None))
        eventually(made.netstat, Netstat((TcpState.TIME_WAIT, LISTEN), ()))

    on_two_hosts("tcpcli01", act)


def test_a_reset_that_answers_a_second_acknowledgement_does_not_end_time_wait() -> None:
    def act(made: Act) -> None:
        is_echoed_and_killed(made)
        eventually(made.netstat, Netstat((FIN_WAIT2, LISTEN), (CLOSE_WAIT,)))
        with made.between.ruled(Rule(Action.DOUBLE, TO_CLIENT, frozenset({Kind.ACK}))):
            made.client.streams.end_input(in_a_line=False)
            # The first acknowledgement of the client's FIN has ended its socket (RFC 1337).
            eventually(lambda: made.seen(Kind.RST, Fate.PASSED, FROM_CLIENT), True)
        eventually(made.netstat, Netstat((TcpState.TIME_WAIT, LISTEN), ()))

    on_two_hosts("tcpcli01", act)
