"""Which segments were sent before: sequence numbers of each side of each connection."""

from dataclasses import replace

from faults.wire.segments import SEQUENCE, Direction, Kind, Segment


class Sent:
    """How far each side of each connection has got: what is behind that is sent again."""

    def __init__(self) -> None:
        self._next: dict[tuple[Direction, int], int] = {}

    def follow(self, segment: Segment) -> Segment:
        """Return the segment, marked if it was sent again."""
        if not segment.takes_room:
            return segment
        side = (segment.direction, segment.port)
        expected = self._next.get(side)
        if expected is None or segment.kind in (Kind.SYN, Kind.SYN_ACK):
            again = expected == segment.end
        else:
            again = (segment.end - expected - 1) % SEQUENCE >= SEQUENCE // 2
        if not again:
            self._next[side] = segment.end
        return replace(segment, again=again)
