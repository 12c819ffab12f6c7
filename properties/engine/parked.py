"""Bytes that are held back because one side does not read, and since when they stand still.

While a window is closed the kernel sends probes, so that bytes may still move long after all sleep.
All that is counted of a connection only grows, and of what is queued what came in and what went
out: the same figures twice mean that nothing has moved between the two looks.
"""

import time
from collections.abc import Hashable

from target.sockets import TcpSocket

PARKED = 0.4
"""Seconds for which queues must stand still before bytes held back by a closed window count as
parked: longer than the shortest retransmission and persist timers, 200 ms on Linux (tcp(7))."""

Figures = tuple[object, ...]


class ParkedBytes:
    """What was seen of the connections of one workload that hold bytes back."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, tuple[Figures, float]] = {}

    def may_move(self, connection: Hashable, written: int, unsent: int, theirs: TcpSocket) -> bool:
        """Return whether these bytes have not stood still for PARKED seconds yet.

        `written` and `unsent` are what our end has given to the kernel, and what of it has not been
        acknowledged; `theirs` is the target's end.
        """
        queues = (theirs.receive_queue, theirs.received, theirs.send_queue, theirs.acknowledged)
        now, figures = time.monotonic(), (written, unsent, *queues)
        before, since = self._seen.get(connection, (None, now))
        if before != figures:
            self._seen[connection] = figures, now
            return True
        return now - since < PARKED
