"""What each side of each connection has sent: how far it has got, and the window that it gives."""

from dataclasses import replace

from faults.wire.segments import SEQUENCE, Direction, Kind, Segment


class Sent:
    """What has come of each side of each connection; below the next number it is sent again."""

    def __init__(self) -> None:
        self._next: dict[tuple[Direction, int], int] = {}
        self._windows: dict[tuple[Direction, int], int] = {}

    def follow(self, segment: Segment) -> Segment:
        """Return the segment, marked if it was sent again."""
        side, end = (segment.direction, segment.port), segment.end
        self._windows[side] = self._windows[segment.direction, 0] = segment.window
        if end == segment.seq:
            return segment
        expected = self._next.get(side)
        if expected is None or segment.kind in (Kind.SYN, Kind.SYN_ACK):
            again = expected == end
        else:
            again = (end - expected - 1) % SEQUENCE >= SEQUENCE // 2
        if again:
            return replace(segment, again=True)
        self._next[side] = end
        return segment

    def window(self, direction: Direction, port: int) -> int | None:
        """Return the window field of the last segment of a side (port 0: of any); None: of none."""
        return self._windows.get((direction, port))
