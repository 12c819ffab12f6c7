"""An accept that fails with the connection that it was about to return.

ECONNABORTED, EPROTO and the network errors of accept(2) belong to one connection: it has left the
queue when they are reported. An error that left it there would be a state that no kernel shows, and
a server that is told of edges would rightly wait for a next one that never comes (epoll(7)). So the
connection is taken from the queue, by a copy of the listening socket, and reset.

Where the queue is empty the kernel would not fail: a call that does not block is left to it, and
one that blocks waits here for a connection.
"""

import os
import select
import socket
from dataclasses import dataclass, field

from faults.gate.kernel import Call, copy_of_socket
from target.sockets import Endpoint, reset_at_close

MAPPED = "::ffff:"
"""How a socket of IPv6 shows an address of IPv4 (RFC 4291, 2.5.5.2)."""


@dataclass
class LostConnection:
    """An accept that is made in the target's place, to fail with the first connection there is."""

    call: Call
    copy: socket.socket
    number: int
    lost: list[Endpoint] = field(default_factory=list)
    """The client's end of the connection, once it is lost."""
    events: int = select.POLLIN

    def make(self) -> int | None:
        """Take a connection from the queue and reset it; return what the call is to return.

        None where the kernel reports another error. Raises BlockingIOError where there is none.
        """
        try:
            connection, address = _accept_now(self.copy)
        except BlockingIOError:
            raise
        except OSError:
            return None
        with connection:
            reset_at_close(connection)
        self.lost.append(Endpoint(str(address[0]).removeprefix(MAPPED), address[1]))
        return -self.number

    def must_not_wait(self) -> bool:
        """Return whether the target asked not to be blocked (O_NONBLOCK).

        One that asked not to be for ever (SO_RCVTIMEO) waits here all the same, for as long as the
        rule is armed: in the kernel it would be served by the next connection.
        """
        return not os.get_blocking(self.copy.fileno())

    def must_be_left_alone(self) -> bool:
        """Return whether the error would mislead: never, for the kernel does the same."""
        return False


def lost_connection(call: Call, number: int, lost: list[Endpoint]) -> LostConnection | None:
    """Prepare to fail an accept; None where the listening socket cannot be copied."""
    copy = copy_of_socket(call.thread, call.descriptor)
    return LostConnection(call, copy, number, lost) if copy else None


def _accept_now(listening: socket.socket) -> tuple[socket.socket, tuple[str, int]]:
    """Accept without blocking. O_NONBLOCK belongs to the target's socket as well.

    No call of the target comes to see it: its calls of accept stop at the gate, and those that it
    sleeps in have looked at the flag before.
    """
    descriptor = listening.fileno()
    blocks = os.get_blocking(descriptor)
    os.set_blocking(descriptor, False)
    try:
        connection, address = listening.accept()
    finally:
        os.set_blocking(descriptor, blocks)
    return connection, address[:2]
