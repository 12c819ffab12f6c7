"""The finite choices of a server's workloads without a fault: lengths, contents, ends, and corners.

Each is tried in its cheapest form.
"""

from collections.abc import Iterator

from faults.fault import Reading
from faults.payloads import A_LINE, HEAVY, IN_BULK, MAXLINE, WORDS, Content, Payload, size
from properties.model.steps import Workload
from properties.model.sweep import Choice
from properties.server.connection_records import SMALLEST_LIMIT
from properties.server.generation.builder import EDGES, LARGE, UNITS
from properties.server.generation.shapes import served
from properties.server.steps import (
    Close,
    Fill,
    HalfClose,
    Open,
    Receive,
    Reset,
    Send,
    Standstill,
)

Choices = Iterator[Choice]

FEW = SMALLEST_LIMIT
"""Clients at once: a server that serves fewer counts as held up, not as limited."""

CORNERS = "corners of traffic"

NOTHING_MOVES = "8 MiB not read, and nothing moves"
FIN_UNREAD = "FIN, with bytes kept that nobody reads"
LAST_IS_OWED = "the first leaves, the last is owed what it has not read"
READ_LATE = "4 MiB and FIN, read late"
SLOW = frozenset({NOTHING_MOVES, FIN_UNREAD, LAST_IS_OWED, READ_LATE})
"""Corners at which nothing moves for a while: only time tells that no more bytes are taken."""

BLOCKING = Payload(Content.LETTERS, HEAVY)


def traffic() -> Choices:
    """Yield the finite choices of traffic without a fault."""
    yield from _corners()
    for length in sorted({*EDGES, *UNITS}):
        payload = Payload(Content.LETTERS, length)
        workload = (Open(1), Send(1, payload), Receive(1))
        yield Choice("lengths", size(length), workload, 1, matters=length in (1, MAXLINE))
    for content in IN_BULK:
        payload = Payload(content, 1000)
        workload = (Open(1), Send(1, payload), Receive(1))
        yield Choice("contents", content.value, workload, 1, matters=content is Content.RANDOM)
    for reading in Reading:
        payload = Payload(Content.LETTERS, LARGE)
        workload = (Open(1, reading), Send(1, payload), Receive(1))
        yield Choice("ways to read", reading.value, workload, 1)
    for name, end in (("FIN", HalfClose(1)), ("close", Close(1)), ("RST", Reset(1))):
        yield Choice("ends", name, (*served(1), end), 1, matters=True)
        # At rest the server has accepted: one that comes before is a fault (aborted_connections).
        yield Choice("ends", f"{name} before any byte", (Open(1), Standstill(), end), 1)
    words = tuple(step for client in range(1, len(WORDS) + 1) for step in _word(client))
    yield Choice(CORNERS, "words that may end a session, each by itself", words, len(WORDS))
    # Last of those that matter: what a smaller one shows as well is sooner shrunk from there.
    name = "one after the other, beside one that stays"
    yield Choice(CORNERS, f"70 clients, {name}", _in_turn(Close, 70), matters=True)
    # A place that is lost with each shows at a limit of a hundred as well.
    yield Choice(CORNERS, f"140 that reset, {name}", _in_turn(Reset, 140))


def _corners() -> Choices:
    """States that few draws come to, and that loops which are written by hand get wrong."""
    # A listener that waits for the first of two may be interrupted once, by the end of a child.
    for clients in (3, FEW):
        silent = (*map(Open, range(1, clients)), *served(clients))
        value = f"{clients - 1} are silent, another asks"
        yield Choice(CORNERS, value, silent, clients, matters=True)
    corners: dict[str, Workload] = {
        # At rest the server has done all that it does when a client has left.
        "one leaves beside one that stays, and another comes": (
            *(*served(1), *served(2), Close(2), Standstill(), *served(3)),
        ),
        # While the second gets as much the first is certain to block a server that writes to it.
        "one does not read 8 MiB, another does and asks for a line": (
            *(Open(1, Reading.LATE), Send(1, BLOCKING)),
            *(Open(2), Send(2, BLOCKING), Receive(2), Send(2, A_LINE), Receive(2), Receive(1)),
        ),
        READ_LATE: (
            *(Open(1, Reading.LATE), Send(1, Payload(Content.LETTERS, 4 * LARGE))),
            *(HalfClose(1), *served(2), Standstill(), Receive(1)),
        ),
        "8 MiB not read, then close": (
            *(Open(1, Reading.LATE), Send(1, BLOCKING)),
            *(*served(2), Close(1)),
        ),
        NOTHING_MOVES: (Open(1, Reading.LATE), Send(1, BLOCKING), Standstill(), Receive(1)),
        FIN_UNREAD: (Open(1, Reading.LATE), Fill(1), HalfClose(1), Standstill(), Receive(1)),
        # In an array, the last one may take the place of one that leaves: with what it is owed.
        LAST_IS_OWED: (
            *(*served(1), Open(2, Reading.LATE), Fill(2)),
            *(Close(1), *served(3), Receive(2)),
        ),
        "64 writes of one byte": (Open(1), Send(1, Payload(Content.LETTERS, 64), 1), Receive(1)),
    }
    for name, workload in corners.items():
        yield Choice(CORNERS, name, workload, matters=True, slow=name in SLOW)


def _word(client: int) -> Workload:
    """Return the steps of a word that comes alone, without a newline and with one, and a line."""
    length = len(WORDS[client - 1])
    said = (Payload(Content.WORDS, length), Payload(Content.WORDS, length + 1), A_LINE)
    echoed = (step for one in said if one.length for step in (Send(client, one), Receive(client)))
    return (Open(client), *echoed)


def _in_turn(end: type[Close | Reset], count: int) -> Workload:
    """Return the steps of more clients than a small table holds, each gone before the next."""
    clients = range(2, 2 + count)
    others = (step for client in clients for step in (*served(client), end(client)))
    # At rest the server has noticed that all of them have gone.
    return (*served(1), *others, Standstill(), Send(1, A_LINE), Receive(1), *served(2 + count))
