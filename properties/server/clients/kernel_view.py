"""What the kernel says of our end of a connection."""

import select
import socket

from target import sockets
from target.sockets import Endpoint, TcpState

NOT_ENDED = (TcpState.ESTABLISHED, TcpState.FIN_WAIT1, TcpState.FIN_WAIT2)


class KernelView:
    """Our end of a connection."""

    socket: socket.socket

    @property
    def endpoint(self) -> Endpoint:
        """Our own address and port."""
        host, port = self.socket.getsockname()[:2]
        return Endpoint(host, port)

    @property
    def awaits_the_end(self) -> bool:
        """Whether the kernel has seen neither a FIN nor an RST of the server."""
        return sockets.state_of(self.socket) in NOT_ENDED

    def unsent(self) -> int:
        """Return the bytes in the kernel that the peer has not acknowledged."""
        return sockets.unsent_bytes(self.socket)

    def unread(self) -> int:
        """Return the bytes in the kernel that we have not read."""
        return sockets.unread_bytes(self.socket)

    def acknowledge(self) -> None:
        """Acknowledge what has come, at once."""
        sockets.acknowledge(self.socket)

    def can_write_now(self) -> bool:
        """Return whether the kernel would take bytes now."""
        poll = select.poll()
        poll.register(self.socket, select.POLLOUT)
        return bool(poll.poll(0))
