"""The handle of a server that we started: its listening socket, its connections, their holders."""

import socket
from collections.abc import Iterable

from target import accept_queues, processes, settled, sockets
from target.command import Command
from target.end_watch import EndWatch
from target.held import Held
from target.held_sockets import InnerSockets
from target.keeping import Kept
from target.processes import Process
from target.sockets import Endpoint, TcpSocket


class Handle(Held):
    """A server that we started and hold. Make one with `start`, end it with `stop`."""

    def __init__(self, command: Command, kept: Kept, host: str, port: int) -> None:
        super().__init__(command, kept)
        self.host = host
        self.endpoint = Endpoint(sockets.reachable(host), port)
        self.listener = self.root
        self.listening_inode = 0
        self._port_is_shared: bool | None = None
        self._inner_sockets = InnerSockets(port)
        self._watch = EndWatch(self.root)

    def listener_lives(self) -> bool:
        """Return whether the process that listened at the start is still there and no zombie."""
        if self._watch.identity != self.listener:
            self._watch.close()
            self._watch = EndWatch(self.listener)
        return not self._watch.has_ended()

    def stop(self) -> None:
        """Kill the whole tree, stopped processes included, and reap it. Idempotent."""
        super().stop()
        self._watch.close()

    # Sockets.

    def listening_sockets(self) -> tuple[TcpSocket, ...]:
        """Return the listening sockets that processes of the target hold."""
        held = self.descriptors()
        return tuple(
            found for found in sockets.listening() if processes.name_of_socket(found.inode) in held
        )

    def listening_socket(self) -> TcpSocket | None:
        """Return the target's listening socket that our connections go to, with its accept queue.

        Several may listen on the port; the one bound to the very address comes first (tcp(7)).
        """
        reached = [
            (rank, found)
            for found in self.listening_sockets()
            if (rank := sockets.how_near(found.local, self.endpoint)) is not None
        ]
        return min(reached, key=lambda pair: pair[0])[1] if reached else None

    def listening_is_open(self) -> bool:
        """Return whether the socket that listened at the start is open, whatever process has it."""
        return any(found.inode == self.listening_inode for found in sockets.listening())

    def copy_of_listening_socket(self) -> socket.socket | None:
        """Return a copy of the socket that clients connect to, None where it cannot be had."""
        name = processes.name_of_socket(self.listening_inode)
        for process in self.listeners():
            for number, kind in processes.descriptors_of(process.identity.pid).items():
                if kind == name:
                    return settled.copy_socket(process.identity.pid, number)
        return None

    def waiting_clients(self) -> int:
        """Return how many connections wait to be accepted."""
        return accept_queues.length(self.endpoint, shared=self._shares_port())

    def clients_wait(self) -> bool:
        """Return whether connections wait in an accept queue."""
        return self.waiting_clients() > 0

    def queue_room(self) -> int:
        """Return for how many more connections its accept queue has room; of several, the least."""
        return accept_queues.room(self.endpoint, shared=self._shares_port())

    def queue_is_full(self) -> bool:
        """Return whether a new connection may find no room: its SYN is dropped."""
        return self.queue_room() < 1

    def _shares_port(self) -> bool:
        """Return whether other sockets may listen beside the one that did at the start.

        Learnt once: without SO_REUSEPORT none may ever (socket(7)).
        """
        if self._port_is_shared is None:
            copy = self.copy_of_listening_socket()
            self._port_is_shared = copy is None or _may_be_joined(copy)
        return self._port_is_shared

    def listeners(self) -> tuple[Process, ...]:
        """Return the processes that hold the listening socket and were there from the start."""
        holders = processes.holders_of(self.listening_inode, self.tree())
        return tuple(process for process in holders if not process.is_zombie)

    def pool(self) -> tuple[Process, ...]:
        """Return the listening processes whose parents hold the same socket, without masters."""
        tree = self.tree()
        holders = processes.holders_of(self.listening_inode, tree)
        may_refill = {process.identity.pid for process in holders if not process.is_zombie}
        parents = {process.parent for process in tree}
        return tuple(
            process
            for process in holders
            if process.parent in may_refill
            and process.identity.pid not in parents
            and not process.is_zombie
        )

    def connections(self) -> tuple[TcpSocket, ...]:
        """Return the server's ends of all connections, also of those not accepted yet."""
        return sockets.accepted_at(self.endpoint.port)

    def connection(self, client: Endpoint) -> TcpSocket | None:
        """Return the server's end of the connection from `client`, None when it is gone."""
        found = sockets.find(self.endpoint, client)
        if found is not None and found.inode:
            self._inner_sockets.serves_a_client(found.inode)
        return found

    def holders(self, client: Endpoint) -> tuple[Process, ...]:
        """Return the processes that have the server's end of this connection open."""
        found = self.connection(client)
        if found is None or found.inode == 0:
            return ()
        return processes.holders_of(found.inode, self.tree())

    def held_by(
        self, found: Iterable[Process], clients: Iterable[Endpoint]
    ) -> dict[Process, tuple[Endpoint, ...]]:
        """Return which of these clients' connections each of these processes has open."""
        ends = [(self.connection(client), client) for client in clients]
        named = {processes.name_of_socket(end.inode): client for end, client in ends if end}
        held = {one: set(processes.descriptors_of(one.identity.pid).values()) for one in found}
        return {
            one: tuple(client for name, client in named.items() if name in names)
            for one, names in held.items()
        }

    def talks_inside(self) -> bool:
        """Return whether bytes are on their way between the target's own processes, over TCP.

        A proxy and its backend may all sleep while Nagle's algorithm and a delayed acknowledgement
        hold a segment back for some 40 ms.
        """
        return self._inner_sockets.carry_bytes(self.tree())


def _may_be_joined(listening: socket.socket) -> bool:
    with listening:
        return listening.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) != 0
