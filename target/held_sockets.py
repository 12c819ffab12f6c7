"""What state the TCP sockets of a target are in, and whether its own processes talk over them.

Each socket is asked itself, by a copy of its descriptor (pidfd_getfd(2)): a dump of all sockets
walks the kernel's whole hash table, milliseconds each time (sock_diag(7)). What a socket is never
changes, so others than TCP's are asked once. Where descriptors may not be copied, a dump is made.
"""

import os
import socket
import stat
from collections.abc import Iterable, Iterator

from target import sockets
from target.processes import Process, descriptors_of
from target.settled import copy_descriptor
from target.sockets import TcpState

TCP_FAMILIES = (socket.AF_INET, socket.AF_INET6)


class CopiesDenied(Exception):
    """Descriptors of the target may not be copied."""


class HeldSockets:
    """The TCP sockets that a target's processes hold."""

    def __init__(self) -> None:
        self._others: set[str] = set()
        """Sockets that need not be asked again, by their names in `/proc/PID/fd`."""

    def names(self, processes: Iterable[Process]) -> dict[str, tuple[int, int]]:
        """Return name -> pid and descriptor of the sockets that may be TCP's."""
        return {
            name: (process.identity.pid, number)
            for process in processes
            for number, name in descriptors_of(process.identity.pid).items()
            if name.startswith("socket:") and name not in self._others
        }

    def copies(self, names: dict[str, tuple[int, int]]) -> Iterator[tuple[str, socket.socket]]:
        """Return each TCP socket's name and a copy of it, closed after use. Raises CopiesDenied."""
        for name, (pid, number) in names.items():
            copied = copy_descriptor(pid, number)
            if copied is None:
                # Either it is not permitted, or the process has just closed it.
                if descriptors_of(pid).get(number) == name:
                    raise CopiesDenied
                continue
            if not _is_socket(copied, name):
                # The process has closed it and opened another file under its number.
                os.close(copied)
                continue
            with socket.socket(fileno=copied) as copy:
                if copy.family in TCP_FAMILIES and copy.type == socket.SOCK_STREAM:
                    yield name, copy
                else:
                    self.forget(name)

    def forget(self, name: str) -> None:
        """Ask a socket no more."""
        self._others.add(name)


def _is_socket(descriptor: int, name: str) -> bool:
    status = os.fstat(descriptor)
    return stat.S_ISSOCK(status.st_mode) and f"socket:[{status.st_ino}]" == name


class InnerSockets:
    """The sockets of one server. Those on its own `port` belong to its clients."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._held = HeldSockets()

    def carry_bytes(self, processes: Iterable[Process]) -> bool:
        """Return whether bytes were sent on a socket of these processes and not acknowledged."""
        names = self._held.names(processes)
        try:
            return any(self._unsent(*one) > 0 for one in self._held.copies(names))
        except CopiesDenied:
            return self._are_in_the_dump(names)

    def _unsent(self, name: str, copy: socket.socket) -> int:
        if copy.getsockname()[1] == self._port:
            self._held.forget(name)
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


class OuterSockets:
    """The sockets of one client."""

    def __init__(self) -> None:
        self._held = HeldSockets()

    def may_be_connecting(self, processes: Iterable[Process]) -> bool:
        """Return whether one of these processes makes a connection: its SYN was not answered yet.

        To which server is not known before (getpeername(2)). A socket in SYN_SENT is held by a
        process: closing it ends the attempt. True where copies are denied.
        """
        try:
            copies = self._held.copies(self._held.names(processes))
            return any(sockets.state_of(copy) is TcpState.SYN_SENT for _, copy in copies)
        except CopiesDenied:
            return True
