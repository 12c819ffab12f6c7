"""Whether a process has ended, asked again and again: by its pidfd, at a tenth of a look at /proc.

A pidfd can be read once the whole process has ended, reaped or not (pidfd_open(2)). It stands for
that process and no other, also when its number is given to a new one.
"""

import os
import select

from target import processes
from target.processes import Identity


class EndWatch:
    """Watches one process, until `close`."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self._poll = select.poll()
        self._pidfd = self._opened()

    def _opened(self) -> int | None:
        """Return a descriptor of the process; None where none can be had, or it is gone."""
        try:
            pidfd = os.pidfd_open(self.identity.pid)
        except OSError:
            return None
        if processes.identify(self.identity.pid) != self.identity:
            os.close(pidfd)
            return None
        self._poll.register(pidfd, select.POLLIN)
        return pidfd

    def has_ended(self) -> bool:
        """Return whether the process has ended, reaped or not."""
        if self._pidfd is not None:
            return bool(self._poll.poll(0))
        return processes.has_ended(self.identity)

    def close(self) -> None:
        """Give the descriptor back. Idempotent."""
        ended, self._pidfd = self._pidfd, None
        if ended is not None:
            os.close(ended)
