"""What a segment is called in a ladder: by letters, as in the book's figures.

J and K are the sequence numbers that the two sides begin with, M and N those of their FINs, in the
order in which they were sent (UNP 2.6). Other numbers are named after them: the ACK of 24 bytes is
K+25, that of a FIN M+1.
"""

from dataclasses import dataclass, field

from faults.payloads import size
from faults.wire.segments import SEQUENCE, Direction, Fate
from properties.model.events import Carried

FARTHEST = 1 << 24
"""Bytes from a letter, beyond which a number belongs to another connection of the same ports."""

FATES = {
    Fate.LOST: "lost",
    Fate.HELD: "held",
    Fate.RELEASED: "goes on",
    Fate.DOUBLED: "twice",
    Fate.UNREACHABLE: "ICMP unreachable",
}
"""What was done to a segment, in few words."""


@dataclass
class _Connection:
    """The numbers of one connection that have a letter, by who counts with them."""

    begins: dict[Direction, tuple[int, str]] = field(default_factory=dict)
    ends: dict[Direction, tuple[int, str]] = field(default_factory=dict)
    acknowledging: dict[Direction, int] = field(default_factory=dict)

    def lettered(
        self, numbers: dict[Direction, tuple[int, str]], side: Direction, seq: int, letters: str
    ) -> str:
        """Return the letter of a number, a new one where it has none yet."""
        if side not in numbers:
            numbers[side] = (seq, letters[len(numbers)])
        number, letter = numbers[side]
        return letter if number == seq else _after(letter, seq, number)

    def acknowledged(self, side: Direction, ack: int) -> str:
        """Return what a number is called that acknowledges this side; "" where it has no name."""
        known = [numbers[side] for numbers in (self.ends, self.begins) if side in numbers]
        for number, letter in known:
            if 0 < (ack - number) % SEQUENCE < FARTHEST:
                return _after(letter, ack, number)
        return ""


def _after(letter: str, number: int, begin: int) -> str:
    distance = (number - begin) % SEQUENCE
    return f"{letter}+{distance}" if distance < FARTHEST else letter


@dataclass(frozen=True)
class Name:
    """What a segment is called, and what it is called where there is little room."""

    words: str
    fewer: str


class SegmentNames:
    """Names the segments of a history; all are to be told, in their order."""

    def __init__(self) -> None:
        self._connections: dict[tuple[int, int], _Connection] = {}

    def name(self, one: Carried) -> Name:
        """Return what a segment is called."""
        flags = one.flags.split(", ")
        connection = self._connection(one, flags)
        what = ", ".join(_parts(one, flags, connection))
        acknowledged = _acknowledgement(one, flags, connection)
        fate = FATES.get(one.fate, "")
        words = (what, acknowledged, "again" if one.again else "", fate)
        return Name(", ".join(filter(None, words)), f"{what or acknowledged} {fate}".strip())

    def _connection(self, one: Carried, flags: list[str]) -> _Connection:
        key = (one.port, one.target_port)
        found = self._connections.setdefault(key, _Connection())
        known = found.begins.get(one.direction)
        if is_first(flags) and known is not None and known[0] != one.seq:
            # The same ports once more: a host that has come back.
            found = self._connections[key] = _Connection()
        return found


def is_first(flags: list[str]) -> bool:
    """Return whether these are the flags of a connection's first segment."""
    return "SYN" in flags and "ACK" not in flags


def _parts(one: Carried, flags: list[str], connection: _Connection) -> list[str]:
    """Return what a segment carries, without what it acknowledges."""
    parts = []
    if "RST" in flags:
        return ["RST"]
    if "SYN" in flags:
        letter = connection.lettered(connection.begins, one.direction, one.seq, "JK")
        parts.append(f"SYN {letter}")
    if one.length:
        parts.append(size(one.length))
    if "URG" in flags:
        parts.append("URG")
    if "FIN" in flags:
        seq = (one.seq + one.length) % SEQUENCE
        parts.append(f"FIN {connection.lettered(connection.ends, one.direction, seq, 'MN')}")
    return parts


def _acknowledgement(one: Carried, flags: list[str], connection: _Connection) -> str:
    """Return what a segment acknowledges; "" where that is said before, or nothing."""
    if "ACK" not in flags or "RST" in flags:
        return ""
    said = connection.acknowledging.get(one.direction) == one.ack
    connection.acknowledging[one.direction] = one.ack
    if said and (one.length or "FIN" in flags):
        return ""
    return f"ACK {connection.acknowledged(one.direction.back, one.ack)}".strip()
