"""What state the TCP sockets of a target are in, and whether its own processes talk over them.

No descriptor of the target is copied for that. While a copy exists, a socket that the target closes
stays in its epoll sets, and an event loop is told of a connection that it has freed already
(epoll(7), question 6). What protocol a socket has is asked of its name under /proc, once: it never
changes. The rest is asked of the kernel's table (sock_diag(7)), and only for sockets of which it is
not known that they listen, or serve a client.
"""

import os
from collections.abc import Iterable

from target import sockets
from target.processes import Process, descriptors_of, name_of_socket

PROTOCOL = "system.sockprotoname"
"""The attribute that names a socket's protocol (getxattr(2))."""

TCP = frozenset({b"TCP\0", b"TCPv6\0", b"MPTCP\0", b"MPTCPv6\0"})

MOST_KNOWN = 4096
"""Sockets of which something is kept: a long run sees hundreds of thousands."""


class TcpSockets:
    """The TCP sockets that a target's processes hold, but for those that need not be asked."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}
        """By the name in `/proc/PID/fd`: whether it is TCP's, and still to be asked."""

    def names(self, processes: Iterable[Process]) -> set[str]:
        """Return the names of the sockets that are to be asked."""
        return {
            name
            for process in processes
            for number, name in descriptors_of(process.identity.pid).items()
            if name.startswith("socket:") and self._is_asked(process.identity.pid, number, name)
        }

    def _is_asked(self, pid: int, number: int, name: str) -> bool:
        if name not in self._known:
            try:
                protocol = os.getxattr(f"/proc/{pid}/fd/{number}", PROTOCOL)
                has_changed = os.readlink(f"/proc/{pid}/fd/{number}") != name
            except OSError:
                # It was closed meanwhile, or may not be looked at.
                return True
            if has_changed:
                return True
            self._note(name, is_asked=protocol in TCP)
        return self._known[name]

    def forget(self, inode: int) -> None:
        """Ask a socket no more."""
        self._note(name_of_socket(inode), is_asked=False)

    def _note(self, name: str, *, is_asked: bool) -> None:
        if len(self._known) >= MOST_KNOWN:
            # Most are closed long since; those that are not are asked once more.
            self._known.clear()
        self._known[name] = is_asked


def is_of_tcp(pid: int, descriptor: int) -> bool:
    """Return whether a descriptor is a socket of TCP, without a copy of it."""
    try:
        return os.getxattr(f"/proc/{pid}/fd/{descriptor}", PROTOCOL) in TCP
    except OSError:
        return False


class InnerSockets:
    """The sockets of one server. Those on its own `port` belong to its clients."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._held = TcpSockets()

    def serves_a_client(self, inode: int) -> None:
        """Record that a socket is known: it listens, or is the server's end of a connection."""
        self._held.forget(inode)

    def carry_bytes(self, processes: Iterable[Process]) -> bool:
        """Return whether bytes were sent on a socket of these processes and not acknowledged."""
        names = self._held.names(processes)
        if not names:
            return False
        for found in sockets.listening():
            self._held.forget(found.inode)
            names.discard(name_of_socket(found.inode))
        return bool(names) and self._are_unacknowledged(names)

    def _are_unacknowledged(self, names: set[str]) -> bool:
        unacknowledged = False
        for found in sockets.connected():
            if name_of_socket(found.inode) in names:
                is_a_client_s = found.local.port == self._port
                if is_a_client_s:
                    self.serves_a_client(found.inode)
                unacknowledged |= found.send_queue > 0 and not is_a_client_s
        return unacknowledged


class OuterSockets:
    """The sockets of one client."""

    def __init__(self) -> None:
        self._held = TcpSockets()

    def may_be_connecting(self, processes: Iterable[Process]) -> bool:
        """Return whether one of these processes holds a socket that may not be connected yet.

        A socket in SYN_SENT is held by a process: closing it ends the attempt.
        """
        return bool(self._held.names(processes))

    def is_connected(self, inode: int) -> None:
        """Record that a socket is connected, and so does not connect any more."""
        self._held.forget(inode)
