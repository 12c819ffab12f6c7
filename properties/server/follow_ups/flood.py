"""A client that sends and never reads, until the server takes no more.

What the server keeps is counted exactly: what the kernel took of the client, less what is still in
the buffers of the connection on both sides (sock_diag(7), SIOCOUTQ, SIOCINQ). The rest is held
by the server.
"""

from pathlib import Path

from faults.fault import Reading
from faults.payloads import Content, Payload
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.oracle import scope_of
from properties.model.settings import Rules
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import Sent
from properties.server.execute import watch_listener
from properties.server.follow_ups.events import Flooded
from properties.server.instance import ServerInstance
from target import sockets

OFFERED = 64 << 20
"""Bytes that the client sends at most. Measured with default buffers: 5 to 12 MiB are taken by a
server that keeps nothing."""

GREETING = Payload(Content.ZEROS, 16)

SHORT_PATIENCE = 2.0
"""Seconds without progress after which a server that may wake by itself counts as taking no more. A
server that was only slow is then missed, but never failed wrongly."""

CLIENT = 1


class _Nothing:
    """A service that owes nothing: what the client does not read is not compared."""

    def start(self) -> "_Nothing":
        """Begin a conversation."""
        return self

    def sent(self, data: bytes) -> bytes:
        """Owe nothing."""
        del data
        return b""

    def ended(self) -> bytes:
        """Owe nothing."""
        return b""


def flood(server: ServerInstance, rules: Rules, history: History) -> None:
    """Connect one client, let it send without reading, and record what became of it."""
    if not scope_of(rules.service).has_backpressure:
        return
    aside = History(processes_seen=server.handle is not None, began=history.began)
    io_loop = ClientIoLoop(server.handle, min(SHORT_PATIENCE, rules.patience))
    connector = Connector(server, rules.limits, _Nothing(), io_loop, aside)
    try:
        if not connector.open(CLIENT, Reading.LATE):
            return
        flooded = _flooded(server, io_loop, aside)
        history.add(flooded)
        if flooded.sent < OFFERED and not io_loop.clients[CLIENT].wants_to_write:
            # The connection was ended, on purpose or because the server has crashed.
            watch_listener(server, history, SHORT_PATIENCE)
    finally:
        io_loop.close()


def _flooded(server: ServerInstance, io_loop: ClientIoLoop, aside: History) -> Flooded:
    client = io_loop.clients[CLIENT]
    # A worker of the client's own is there once the greeting is back: it is no growth.
    client.send(GREETING)
    io_loop.wait(lambda: client.unread() >= GREETING.length)
    before = server.handle.memory() if server.handle else None
    client.send(Payload(Content.ZEROS, OFFERED))
    conclusion = io_loop.wait(lambda: not client.wants_to_write)
    if conclusion is Conclusion.MET:
        # What has just been handed to the kernel is still on its way to the server.
        conclusion = io_loop.wait(lambda: not client.is_live)
    return Flooded(
        at=aside.now(),
        offered=OFFERED,
        sent=sum(sent.count for sent in aside.of(Sent)) - GREETING.length,
        queued=_queued(server, client),
        elsewhere=_room_elsewhere(),
        grown=server.handle.memory() - before if server.handle and before is not None else None,
        conclusion=conclusion,
        evidence=io_loop.evidence,
    )


def _queued(server: ServerInstance, client: ClientConnection) -> int | None:
    """Return the bytes in the connection's buffers; None where the server's cannot be seen."""
    far = sockets.find(server.endpoint, client.endpoint)
    if far is None:
        return None
    return client.unsent() + client.unread() + far.receive_queue + far.send_queue


def _room_elsewhere() -> int:
    """Return what one more connection of a proxy may hold, both ways, in bytes (tcp(7))."""
    folder = Path("/proc/sys/net/ipv4")
    largest = (int((folder / name).read_text().split()[2]) for name in ("tcp_rmem", "tcp_wmem"))
    return 2 * sum(largest)
