"""The server resets: alone, after data or a FIN, or because it leaves input unread."""

import sys
from dataclasses import dataclass
from signal import SIGPIPE
from typing import ClassVar

import pytest

from faults.client.peer_reset import PeerReset, ResetManner
from faults.client_context import ClientContext, PeerEnd
from faults.fault import Fault, FaultOutcome, Status
from faults.payloads import HEAVY, Content, Payload
from properties.client.context import ClientRunContext
from properties.client.events import Answered, Complained, Exited, PeerEnded
from properties.client.steps import Accept, Answer, Type
from target.command import Command
from tests.faults.client_runs import REFUSED, became_of, history_of

WRITES_FIRST = """
import os, signal, socket, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
server = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while data := os.read(0, 65536):
    server.sendall(data)
"""
"""Sends all of its input before it looks at the connection."""

CONNECTS_AGAIN = """
import os, socket, sys
where = (sys.argv[1], int(sys.argv[2]))
first = socket.create_connection(where)
try:
    ended = "EOF" if not first.recv(1) else ""
except ConnectionResetError:
    ended = "reset"
second = socket.create_connection(where)
sys.exit(ended if not second.recv(1) else 0)
"""
"""Opens another connection when the first has ended."""

LINE = Payload(Content.LINES, 24)
ENDS = {
    ResetManner.ALONE: [PeerEnd.RESET],
    ResetManner.UNREAD: [PeerEnd.UNREAD],
    ResetManner.AFTER_DATA: [PeerEnd.RESET],
    ResetManner.AFTER_FIN: [PeerEnd.FIN, PeerEnd.RESET],
}


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("manner", ResetManner)
def test_it_fires_and_the_client_tells(manner: ResetManner, frozen: bool) -> None:
    made = history_of(Type(LINE), Accept(), PeerReset(manner, frozen))
    assert [event.how for event in made.of(PeerEnded)] == ENDS[manner]
    assert any(made.of(Complained))


def test_a_reset_after_data_comes_after_data() -> None:
    made = history_of(Type(LINE), PeerReset(ResetManner.AFTER_DATA, frozen=True))
    assert sum(event.count for event in made.of(Answered)) == LINE.length


def test_nothing_unread_makes_no_reset() -> None:
    status, words = became_of(Type(LINE), Answer(), PeerReset(ResetManner.UNREAD, frozen=False))
    assert status is Status.MISSED
    assert words.startswith("the server had read everything")


def test_connections_with_nothing_unread_are_reset_with_the_one_that_has_some() -> None:
    command = Command((sys.executable, "-m", "target.tcpcli04", "{host}", "{port}"))
    fault = PeerReset(ResetManner.UNREAD, frozen=True)
    status, words = became_of(Type(LINE), Accept(), fault, command=command)
    # A FIN on the others would be an EOF that the client may rightly report instead.
    assert (status, words) == (Status.FIRED, "the server closes with unread input (RST)")


def test_without_a_connection_it_is_missed() -> None:
    status, words = became_of(REFUSED, PeerReset(ResetManner.ALONE, frozen=False))
    assert (status, words) == (Status.MISSED, "the client was not connected")


def test_fin_and_rst_that_both_wait_for_a_client_with_bytes_to_write_raise_sigpipe() -> None:
    command = Command((sys.executable, "-I", "-S", "-c", WRITES_FIRST, "{host}", "{port}"))
    stuck = (Type(Payload(Content.LETTERS, HEAVY)), Accept())
    made = history_of(*stuck, PeerReset(ResetManner.AFTER_FIN, frozen=True), command=command)
    # tcp_reset() in CLOSE_WAIT leaves EPIPE for the write (UNP 5.13).
    assert next(made.of(Exited)).signal == SIGPIPE


@dataclass(frozen=True)
class EndsTheFirst(Fault[ClientContext]):
    """Ends the client's connection, and looks when the client has opened another."""

    name: ClassVar[str] = "ends_the_first"
    section: ClassVar[str] = "UNP 5.13"
    summary: ClassVar[str] = "ends one connection of two"

    how: PeerEnd

    def apply(self, context: ClientContext) -> FaultOutcome:
        """End the first, wait for the second, and see whether the end has arrived."""
        assert isinstance(context, ClientRunContext)
        context.meet()
        context.rest()
        context.end(self.how)
        context.wait(lambda: len(context.io_loop.connections) > 1)
        arrived = context.wait(lambda: context.has_arrived(self.how))
        return FaultOutcome.fired("arrived") if arrived else FaultOutcome.missed("did not arrive")

    def __str__(self) -> str:
        return f"ends the first connection ({self.how.value})"


@pytest.mark.parametrize("how", [PeerEnd.RESET, PeerEnd.FIN])
def test_an_end_has_arrived_whatever_the_client_has_opened_since(how: PeerEnd) -> None:
    command = Command((sys.executable, "-I", "-S", "-c", CONNECTS_AGAIN, "{host}", "{port}"))
    assert became_of(EndsTheFirst(how), command=command) == (Status.FIRED, "arrived")
