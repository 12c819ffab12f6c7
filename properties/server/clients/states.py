"""Looks at the sockets of both ends and at the server's processes, as netstat and ps do.

Only where that is asked for (`Rules.states`): each look waits until the server is at rest, for a
moment at the most, so that what is seen does not depend on how soon it was looked at. No invariant
reads it.
"""

import contextlib
import time
from collections.abc import Callable

from faults.wire.wire import WireError
from properties.engine.states import Moment, ProcessLine, SocketLine, States
from properties.model.history import History
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import Opened
from properties.server.instance import ServerInstance
from properties.server.process_events import seen_process
from target.handle import Handle
from target.netstat import sockets_of
from target.processes import Process
from target.resting import at_rest
from target.settled import Look
from target.sockets import TcpSocket, TcpState

LONGEST = 0.2
"""Seconds that a look waits for the server to be at rest."""

INTERVAL = 0.001
"""Seconds between two looks meanwhile."""


def recorder(
    server: ServerInstance, io_loop: ClientIoLoop, history: History, *, wanted: bool
) -> Callable[[Moment], None]:
    """Return what records the states at a moment, where that is wanted."""

    def record(moment: Moment) -> None:
        if wanted:
            handle = server.handle
            seen = _look(handle, io_loop) if handle is not None else Look((), ())
            lines = tuple(_process(one, seen) for one in sorted(seen.processes, key=_pid))
            history.add(States(history.now(), moment, _sockets(server, history), lines))

    return record


def _look(handle: Handle, io_loop: ClientIoLoop) -> Look:
    """Return a look at a server that is at rest, or the last one where it does not come to it."""
    deadline = time.monotonic() + LONGEST
    before = handle.look()
    while time.monotonic() < deadline:
        io_loop.turn(INTERVAL)
        seen = handle.look()
        if seen == before and at_rest(seen) and io_loop.all_quiet():
            return seen
        before = seen
    return before


def _pid(process: Process) -> int:
    return process.identity.pid


def _process(process: Process, look: Look) -> ProcessLine:
    seen = seen_process(process, look)
    return ProcessLine(seen.pid, seen.parent, seen.name, seen.state, seen.calls)


def _sockets(server: ServerInstance, history: History) -> tuple[SocketLine, ...]:
    """Return the sockets that listen, and both ends of each client, the server's first."""
    port = server.endpoint.port
    found = list(sockets_of(port))
    if server.wire is not None:
        with contextlib.suppress(WireError), server.wire.make_diag() as diag:
            found += sockets_of(port, diag)
    clients = {_port(event.address): event.client for event in history.of(Opened)}

    def client(one: TcpSocket) -> int:
        return clients.get(one.remote.port if one.local.port == port else one.local.port, 0)

    def place(one: TcpSocket) -> tuple[bool, int, bool]:
        return one.state is not TcpState.LISTEN, client(one), one.local.port != port

    kept = (one for one in found if one.state is TcpState.LISTEN or client(one) > 0)
    return tuple(_socket(one, client(one)) for one in sorted(kept, key=place))


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def _socket(one: TcpSocket, client: int) -> SocketLine:
    queues = (one.receive_queue, one.send_queue)
    if one.state is TcpState.LISTEN:
        return SocketLine(str(one.local), "*:*", one.state, *queues)
    return SocketLine(str(one.local), str(one.remote), one.state, *queues, client)
