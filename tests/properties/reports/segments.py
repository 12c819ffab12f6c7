"""Segments of one connection, written by hand, as the wire would have carried them."""

from collections.abc import Sequence

from faults.wire.segments import Direction, Fate
from properties.cases.case import Case
from properties.model.events import Carried, Event
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import Opened
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Open

J, K = 1000, 5_000_000
"""The sequence numbers that both sides begin with."""

PORT, TARGET_PORT = 40001, 9877

TO, FROM = Direction.TO_TARGET, Direction.FROM_TARGET


def carried(
    direction: Direction,
    flags: str,
    seq: int,
    ack: int = 0,
    length: int = 0,
    fate: Fate = Fate.PASSED,
    *,
    at: float = 0.0,
    again: bool = False,
    port: int = PORT,
) -> Carried:
    """Return a segment of the connection."""
    return Carried(at, direction, port, flags, seq, ack, 64240, length, fate, again, TARGET_PORT)


def handshake(port: int = PORT) -> list[Event]:
    """Return the three segments with which a connection begins (UNP 2.6)."""
    return [
        carried(TO, "SYN", J, port=port),
        carried(FROM, "SYN, ACK", K, J + 1, port=port),
        carried(TO, "ACK", J + 1, K + 1, port=port),
    ]


def case_with(history: Sequence[Event]) -> Case:
    """Return a case with this history."""
    workload, words = (Open(1),), ("./mine", "{port}")
    return Case(SERVER, INVARIANT, "segments", workload, "one", words, history=tuple(history))


def opened(client: int = 1, port: int = PORT) -> Opened:
    """Return the event of a client that connects over the wire."""
    return Opened(0.0, client, f"127.9.0.1:{port}")


EXCHANGE = opened(FIRST_EXCHANGE, 40000)
