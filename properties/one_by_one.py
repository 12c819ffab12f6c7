"""Clients come one by one to a server whose calls of accept or fork stop at the gate.

A signal that is delivered before the notification of a call has been read ends the call, where its
handler was installed without SA_RESTART: with EINTR. Of a read, a write or an accept that may block
that is what happens without a gate as well. fork(2) never fails so (the kernel begins it anew), nor
does an accept that does not block. A server that turns away a client because fork failed is right,
and must not be accused of it. So nobody comes while a child may end, which is what sends SIGCHLD,
and nothing else is done until the newcomer is served. A server with timers that interrupt is not
put behind a gate at all (`properties.laboratory`).
"""

from faults.fault import Reading
from faults.gate.calls import Kind
from properties.pump import Pump
from properties.server import Server
from target import settled


class OneByOne:
    """Waits before and behind each newcomer, where the server's calls of fork stop."""

    def __init__(self, server: Server, pump: Pump) -> None:
        self._server = server
        self._pump = pump

    @property
    def applies(self) -> bool:
        """Whether this server has to be spared."""
        gate = self._server.gate
        return gate is not None and bool(gate.kinds & {Kind.ACCEPT, Kind.FORK})

    def before(self) -> None:
        """Wait until no child is about to end, and who came before has been taken."""
        if self.applies:
            self._pump.wait(lambda: not self._someone_leaves() and self._is_at_rest())

    def behind(self) -> None:
        """Wait until the server has done what it does for a newcomer."""
        if self.applies:
            self._pump.wait(self._is_at_rest)

    def _someone_leaves(self) -> bool:
        """Tell whether a client has half-closed and still reads: its worker may end any time."""
        return any(
            client.is_live and client.is_leaving and client.reading is not Reading.LATE
            for client in self._pump.clients.values()
        )

    def _is_at_rest(self) -> bool:
        if self._server.handle is None:
            return True
        seen = self._server.handle.look()
        if not settled.at_rest(seen) or any(one.awaits_signal for one in seen.threads):
            return False
        # It may sleep for a reason of its own, and clients wait until it wakes up.
        return not self._server.handle.clients_wait()
