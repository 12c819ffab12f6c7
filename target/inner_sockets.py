"""Whether bytes are on their way between a target's own processes, over TCP.

Each socket is asked itself, by a copy of its descriptor (pidfd_getfd(2)): a dump of all sockets
walks the kernel's whole hash table, milliseconds each time (sock_diag(7)). What a socket is never
changes, so most are asked once. Where descriptors may not be copied, the dump says it.
"""

import os
import socket
from collections.abc import Iterable

from target import sockets
from target.processes import Process, descriptors_of
from target.settled import copy_descriptor

TCP_FAMILIES = (socket.AF_INET, socket.AF_INET6)


class InnerSockets:
    """The sockets of one server. Those on its own `port` belong to its clients."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._other: set[str] = set()
        """Sockets by their names in `/proc/PID/fd` that never carry bytes inside the target."""

    def carry_bytes(self, processes: Iterable[Process]) -> bool:
        """Return whether bytes were sent on a socket of these processes and not acknowledged."""
        held = {
            name: (process.identity.pid, number)
            for process in processes
            for number, name in descriptors_of(process.identity.pid).items()
            if name.startswith("socket:") and name not in self._other
        }
        for name, (pid, number) in held.items():
            unsent = self._unsent(name, pid, number)
            if unsent is None:
                return self._are_in_the_dump(held.keys())
            if unsent > 0:
                return True
        return False

    def _unsent(self, name: str, pid: int, number: int) -> int | None:
        """Return the unacknowledged bytes, 0 for another kind of socket; None: it is denied."""
        copied = copy_descriptor(pid, number)
        if copied is None:
            # Either it is not permitted, or the process has just closed it.
            return None if descriptors_of(pid).get(number) == name else 0
        with socket.socket(fileno=copied) as copy:
            if f"socket:[{os.fstat(copied).st_ino}]" != name:
                # The process has closed it and opened another under its number.
                return 0
            if copy.family not in TCP_FAMILIES or copy.type != socket.SOCK_STREAM:
                self._other.add(name)
                return 0
            if copy.getsockname()[1] == self._port:
                self._other.add(name)
                return 0
            try:
                return sockets.unsent_bytes(copy)
            except OSError:
                # It listens: nothing is sent on it.
                return 0

    def _are_in_the_dump(self, names: Iterable[str]) -> bool:
        held = set(names)
        return any(
            found.send_queue > 0
            and found.local.port != self._port
            and f"socket:[{found.inode}]" in held
            for found in sockets.connected()
        )
