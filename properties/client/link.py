"""The link between a client's host and the server's, where it is a wire."""

import contextlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from faults.client_context import PeerEnd
from faults.wire import wire
from faults.wire.wire import Wire, WireError, WireLostError
from properties.client.events import ClientFinished, Unreached
from properties.client.launch import Launch
from properties.client.state import STILL_SENDING, ClientState
from properties.engine.carried import add_segments, doubt_if_lost
from properties.model.history import History
from target.command import Command
from target.errors import TargetError
from target.sockets import Endpoint, TcpSocket, TcpState

NOT_TOLD = "its command does not say {host}: it cannot be told of another host"


@contextmanager
def linked(launch: Launch, command: Command, host: str, *, over_wire: bool) -> Iterator[Launch]:
    """Give the launch with a wire, where that is wanted and can be had, or why there is none.

    Raises TargetError where the wire was ended from outside.
    """
    if not over_wire:
        yield launch
        return
    carrying = wire.of_this_process()
    why = wire.why_none(host) or ("" if command.names_a_host else NOT_TOLD)
    if carrying is None or why:
        yield replace(launch, why_no_wire=why)
        return
    try:
        yield _opened(carrying, launch, host)
    finally:
        carrying.make_usual()


def _opened(carrying: Wire, launch: Launch, host: str) -> Launch:
    try:
        carrying.open(host)
        carrying.make_brisk()
        carrying.begin()
    except WireLostError as error:
        raise TargetError(str(error)) from None
    except WireError as error:
        return replace(launch, why_no_wire=str(error))
    return replace(launch, wire=carrying)


class Link:
    """Implements `faults.client_context.ClientLink`."""

    def __init__(self, launch: Launch, state: ClientState, history: History) -> None:
        self.wire = launch.wire
        self.why_no_wire = launch.why_no_wire
        self._state = state
        self._history = history
        self._vanished: list[Endpoint] = []
        state.io_loop.expects_more = self._may_still_end

    def vanish(self) -> None:
        """Let the server be gone. Whether the client hears of it is the wire's business."""
        self._vanished += [one.remote for one in self._state.io_loop.connections]
        for one in self._state.io_loop.connections:
            one.end(PeerEnd.RESET)

    def is_lost(self) -> bool:
        """Return whether the client's kernel has given up its connections, or was told to."""
        return not self._state.ends()

    def note_unreached(self, error: str) -> None:
        """Record that the client's calls fail with this error: the server cannot be reached.

        One that never was is not waited for to connect.
        """
        now, input_open = self._history.now(), self._state.input_open
        self._history.add(Unreached(now, error, self._state.owed(), input_open))
        if not self._state.io_loop.connections:
            self._state.io_loop.listener.close()

    def record(self) -> None:
        """Record the segments that have passed, or not, since the workload began."""
        if self.wire is not None:
            with contextlib.suppress(WireError):
                add_segments(self._history, self.wire.log())
            ends = self._history.of(ClientFinished)
            doubt_if_lost(self._history, (ended.reason for ended in ends))

    def _may_still_end(self) -> bool:
        """Return whether either kernel will still learn of the other's end.

        The client's sends again what it has for a server that has crashed; and over a wire a FIN,
        an RST, or the last ACK of a handshake takes its time.
        """
        if self.wire is None:
            return False
        ends = self._state.ends()
        if self._any_is_on_its_way(ends):
            return True
        if any(end.local in self._vanished and end.send_queue for end in ends):
            return True
        left = (one for one in self._state.io_loop.connections if one.closed)
        of_these = (one.client_end() for one in left if one.remote not in self._vanished)
        return any(end is not None and end.state in STILL_SENDING for end in of_these)

    def _any_is_on_its_way(self, ends: Iterable[TcpSocket]) -> bool:
        """Return whether the client has connected to a server that accepts and does not know it.

        The last ACK of the handshake is late, or was lost: then the SYN-ACK is sent again.
        """
        io_loop = self._state.io_loop
        if not io_loop.accepting or not io_loop.listener.is_open:
            return False
        known = {*self._vanished, *(one.remote for one in io_loop.connections)}
        return any(e.state is TcpState.ESTABLISHED and e.local not in known for e in ends)
