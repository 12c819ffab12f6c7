"""What was on the wire, what the kernel then shows a client, and what the client must report.

A client learns of the end of its connection from the calls it makes. On Linux (tcp_reset and
tcp_fin in net/ipv4/tcp_input.c; tcp_recvmsg and tcp_sendmsg in net/ipv4/tcp.c):

* a FIN makes read() return 0, each time, after the data that came before it;
* an RST on a connection without a FIN sets ECONNRESET, which the first call reports, read() or
  write(), and only once; read() returns 0 from then on, write() fails with EPIPE;
* data that came before the RST is still read first, unless a write has fetched the error;
* an RST after a FIN sets EPIPE instead: read() returns 0 as if there had been no reset, and only a
  write() fails. So a client that reads sees EOF, one that writes a broken pipe; both are right;
* close() of the server with unread input sends RST and no FIN (RFC 2525, 2.17), and what arrives at
  a connection that it has closed is answered by RST (RFC 9293, 3.10.7.1).
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from faults.client_context import PeerEnd
from properties.client.events import (
    Accepted,
    ClientFinished,
    PeerEnded,
    Refused,
    Typed,
    Unreached,
)
from properties.model.history import History


class Ending(enum.Enum):
    """How the server's side ended, as the client's kernel saw it."""

    ORDERLY = "FIN, after the client's own and with nothing owed"
    FIN = "FIN, before the client had ended its side or with bytes still owed"
    FIN_THEN_RST = "FIN, and then perhaps RST"
    RST = "RST without a FIN"
    UNREACHABLE = "nothing: the server could not be reached any more"
    NEVER_REACHED = "no connection: the server's host could not be reached"
    REFUSED = "no connection"
    GONE = "nothing: the client had closed before"
    OPEN = "nothing"


class EndReport(enum.Enum):
    """What a client reports."""

    EOF = "end of file"
    RESET = "reset"
    UNREACHABLE = "timed out, or unreachable"


@dataclass(frozen=True)
class Rule:
    """What a client must report of one ending: one of `reports` (empty: nothing), and why."""

    reports: frozenset[EndReport]
    why: str


_EITHER = frozenset({EndReport.EOF, EndReport.RESET})

RULES: dict[Ending, Rule] = {
    Ending.ORDERLY: Rule(frozenset(), "the service ended as it should (UNP 6.6)"),
    Ending.FIN: Rule(frozenset({EndReport.EOF}), "read returns 0 (RFC 9293, 3.6; read(2))"),
    Ending.FIN_THEN_RST: Rule(
        _EITHER, "read returns 0 and write fails with EPIPE (tcp_reset in CLOSE_WAIT; UNP 5.13)"
    ),
    Ending.RST: Rule(
        frozenset({EndReport.RESET}),
        "the first call fails with ECONNRESET (tcp_reset; UNP 5.15)",
    ),
    Ending.UNREACHABLE: Rule(
        frozenset({EndReport.UNREACHABLE}),
        "the first call fails with ETIMEDOUT or EHOSTUNREACH (tcp_write_err; UNP 5.14)",
    ),
    Ending.NEVER_REACHED: Rule(
        frozenset(EndReport) - {EndReport.EOF},
        "connect fails with ETIMEDOUT, EHOSTUNREACH or ENETUNREACH (UNP 4.3)",
    ),
    Ending.REFUSED: Rule(frozenset(), "connect fails: any message reports that (UNP 4.3)"),
    Ending.GONE: Rule(frozenset(), "a client that has closed is shown nothing"),
    Ending.OPEN: Rule(frozenset(), "nothing has happened yet"),
}
"""What the kernel shows of each ending, and so what a client can be required to report."""


def endings(history: History) -> Iterator[PeerEnded]:
    """Return the ends of the server's side that reached a client which was still there."""
    return (event for event in history.of(PeerEnded) if event.was_there)


def ending_of(history: History) -> Ending:
    """Return how the server's side ended."""
    if any(history.of(Unreached)):
        return Ending.UNREACHABLE if any(history.of(Accepted)) else Ending.NEVER_REACHED
    refused = next(history.of(Refused), None)
    if refused is not None and not any(history.of(Accepted)):
        return Ending.RST if refused.waiting else Ending.REFUSED
    if not any(history.of(PeerEnded)):
        return Ending.OPEN
    ended = list(endings(history))
    if not ended:
        return Ending.GONE
    first, is_reset = ended[0], any(_resets(event) for event in ended[1:])
    if _resets(first):
        return Ending.RST
    if not first.owed and not first.input_open:
        # The client has its orderly end, whatever comes on connections that it did not use.
        return Ending.ORDERLY
    # What comes after a close is answered by RST.
    return Ending.FIN_THEN_RST if is_reset or _may_send_more(first, history) else Ending.FIN


def _resets(event: PeerEnded) -> bool:
    return event.how in (PeerEnd.RESET, PeerEnd.UNREAD)


def _may_send_more(fin: PeerEnded, history: History) -> bool:
    if any(event.at <= fin.at for event in history.of(ClientFinished)):
        return False
    is_typed_later = any(event.at > fin.at for event in history.of(Typed))
    return fin.how is PeerEnd.CLOSE and (is_typed_later or not fin.idle)
