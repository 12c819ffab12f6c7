"""What was on the wire, and what the kernel then shows a client: the table that reports follow.

A client learns of the end of its connection from the calls it makes. On Linux (tcp_reset and
tcp_fin in net/ipv4/tcp_input.c; tcp_recvmsg and tcp_sendmsg in net/ipv4/tcp.c):

* a FIN makes read() return 0, each time, behind the data that came before it;
* an RST on a connection without a FIN sets ECONNRESET, which the first call reports, read() or
  write(), and only once; read() returns 0 from then on, write() fails with EPIPE;
* data that came before the RST is still read first, unless a write has fetched the error;
* an RST behind a FIN sets EPIPE instead: read() returns 0 as if there had been no reset, and only a
  write() fails. So whoever reads sees EOF and whoever writes a broken pipe, and both are right;
* close() of the server with unread input sends RST and no FIN (RFC 2525, 2.17), and so does
  whatever arrives at a connection that it has closed (RFC 9293, 3.10.7.1).
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from faults.stage import PeerEnd
from properties.history import History
from properties.peer.events import Accepted, ClientFinished, PeerEnded, Refused, Typed


class Wire(enum.Enum):
    """How the server's side ended, as the client's kernel saw it."""

    ORDERLY = "FIN, after the client's own and with nothing owed"
    FIN = "FIN, before the client had ended its side or with bytes still owed"
    FIN_THEN_RST = "FIN, and then perhaps RST"
    RST = "RST without a FIN"
    REFUSED = "no connection"
    GONE = "nothing: the client had closed before"
    OPEN = "nothing"


class Report(enum.Enum):
    """What a client says happened."""

    EOF = "end of file"
    RESET = "reset"


@dataclass(frozen=True)
class Rule:
    """What must be told of one ending: one of `reports` (none: nothing need be), and why."""

    reports: frozenset[Report]
    why: str


_EITHER = frozenset(Report)

RULES: dict[Wire, Rule] = {
    Wire.ORDERLY: Rule(frozenset(), "the service ended as it should (UNP 6.6)"),
    Wire.FIN: Rule(frozenset({Report.EOF}), "read returns 0 (RFC 9293, 3.6; read(2))"),
    Wire.FIN_THEN_RST: Rule(
        _EITHER, "read returns 0 and write fails with EPIPE (tcp_reset in CLOSE_WAIT; UNP 5.13)"
    ),
    Wire.RST: Rule(
        frozenset({Report.RESET}),
        "the first call fails with ECONNRESET (tcp_reset; UNP 5.15)",
    ),
    Wire.REFUSED: Rule(frozenset(), "connect fails: that is told in any words (UNP 4.3)"),
    Wire.GONE: Rule(frozenset(), "a client that has closed is shown nothing"),
    Wire.OPEN: Rule(frozenset(), "nothing has happened yet"),
}
"""What the kernel shows of each ending, and so what a client can be asked to tell."""


def endings(history: History) -> Iterator[PeerEnded]:
    """Return the ends of the server's side that reached a client which was still there."""
    return (event for event in history.of(PeerEnded) if event.was_there)


def wire_of(history: History) -> Wire:
    """Tell how the server's side ended."""
    refused = next(history.of(Refused), None)
    if refused is not None and not any(history.of(Accepted)):
        return Wire.RST if refused.waiting else Wire.REFUSED
    if not any(history.of(PeerEnded)):
        return Wire.OPEN
    ended = list(endings(history))
    if not ended:
        return Wire.GONE
    first, is_reset = ended[0], any(_resets(event) for event in ended[1:])
    if _resets(first):
        return Wire.RST
    if not first.owed and not first.input_open:
        # The client has its orderly end, whatever comes on connections that it did not use.
        return Wire.ORDERLY
    # What comes after a close is answered by RST.
    return Wire.FIN_THEN_RST if is_reset or _may_send_more(first, history) else Wire.FIN


def _resets(event: PeerEnded) -> bool:
    return event.how in (PeerEnd.RESET, PeerEnd.UNREAD)


def _may_send_more(fin: PeerEnded, history: History) -> bool:
    if any(event.at <= fin.at for event in history.of(ClientFinished)):
        return False
    is_typed_later = any(event.at > fin.at for event in history.of(Typed))
    return fin.how is PeerEnd.CLOSE and (is_typed_later or not fin.idle)
