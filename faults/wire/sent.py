"""Which segments were sent before: sequence numbers of each side of each connection."""

from dataclasses import replace

from faults.wire.segments import SEQUENCE, Direction, Kind, Segment


class Sent:
    """How far each side of each connection has got: what is behind that is sent again."""

    def __init__(self) -> None:
        self._next: dict[tuple[Direction, int], int] = {}

    def follow(self, segment: Segment) -> Segment:
        """Return the segment, marked if it was sent again."""
        end = segment.end
        if end == segment.seq:
            return segment
        side = (segment.direction, segment.port)
        expected = self._next.get(side)
        if expected is None or segment.kind in (Kind.SYN, Kind.SYN_ACK):
            again = expected == end
        else:
            again = (end - expected - 1) % SEQUENCE >= SEQUENCE // 2
        if again:
            return replace(segment, again=True)
        self._next[side] = end
        return segment
