"""The server's processes, for the timeline: which appeared, what they serve, how they ended.

Nothing here waits, and few looks are taken that are not taken anyway: the waits and the censuses
pass on what they have seen, faults have looked for the workers of a client, and one more look is
taken where a step has waited. One verdict asks for it: whom a server waited for (`prompt_service`).
"""

from collections.abc import Collection, Iterable

from properties.model.events import Event
from properties.model.history import History
from properties.server.clients.client_connection import ClientConnection
from properties.server.instance import ServerInstance
from properties.server.process_events import (
    ProcessAppeared,
    ProcessEnded,
    ServerFound,
    Serving,
    Waiting,
    ZombieReaped,
    seen_process,
)
from target import processes
from target.descendants import children_of
from target.handle import Handle
from target.held import Ending
from target.processes import Identity, Process, name_of_socket
from target.settled import Look

MOST_LOOKED_FOR = 8
"""Clients of one workload whose workers are looked for: a timeline has no room for more."""


class ProcessObserver:
    """Follows the process tree of one server and records in one history what has changed.

    Before `begin`, and for a server known only by its address, it does nothing.
    """

    def __init__(self, server: ServerInstance, history: History) -> None:
        self._server = server
        self._history = history
        self._handle: Handle | None = None
        self._members = server.baseline.members if server.baseline else frozenset()
        self._alive: set[Identity] = set(self._members)
        self._zombies: set[Identity] = set()
        self._ended: set[Identity] = set()
        self._serving: dict[int, set[int]] = {}
        self._unassigned: dict[Identity, Process] = {}
        self._seen = Look((), ())
        self._inherited: Collection[int] = ()
        """Descriptors of the listener at the start: its children have what they are as well."""

    def begin(self) -> None:
        """Record the server as it is before anything happens, and follow it from now on."""
        self._handle = self._server.handle
        if self._handle is not None:
            listener = self._handle.listener.pid
            self._inherited = processes.descriptors_of(listener).keys()
            others = sorted(member.pid for member in self._members if member.pid != listener)
            self._add(ServerFound(self._history.now(), listener, tuple(others)))

    def notice(self, seen: Look) -> None:
        """Record what is new in a look at the whole tree."""
        if self._handle is not None:
            self._seen = seen
            self._compare(seen.processes)

    def look(self) -> None:
        """Look at the tree, but not at what its threads do."""
        if self._handle is not None:
            self._compare(self._handle.tree())

    def find_who_serves(self, clients: Iterable[ClientConnection]) -> None:
        """Look once for the processes that hold the server's ends of these connections."""
        room = MOST_LOOKED_FOR - len(self._serving)
        unknown = [client for client in clients if client.number not in self._serving][:room]
        if self._handle is None or not unknown:
            return
        ends = [(client, self._handle.connection(client.endpoint)) for client in unknown]
        # One that waits to be accepted has no inode, and no process holds it.
        held = [(client, end.inode) for client, end in ends if end is not None and end.inode]
        if not held:
            return
        self._look_for_new_children(self._handle)
        holders = self._new_holders({name_of_socket(inode) for _, inode in held}, self._inherited)
        for client, inode in held:
            name = name_of_socket(inode)
            if name not in holders and client.received:
                # What serves it may be no child of the listener any more.
                self.look()
                holders |= self._new_holders({name}, self._inherited) or self._new_holders({name})
            if name in holders:
                self.serves(client.number, [holders[name]])
            elif client.received:
                # It was served, and not by a new process.
                listener = processes.look_at(self._handle.listener.pid)
                self.serves(client.number, processes.holders_of(inode, filter(None, [listener])))

    def _new_holders(self, sockets: set[str], but: Collection[int] = ()) -> dict[str, Process]:
        """Return which new process holds each of these sockets; the newest are looked at first.

        Not by descriptors with these numbers: a thousand that were inherited take milliseconds.
        """
        found: dict[str, Process] = {}
        for process in reversed(self._unassigned.values()):
            for name in processes.names_from_last(process.identity.pid, but):
                if found.keys() >= sockets:
                    return found
                if name in sockets:
                    found.setdefault(name, process)
        return found

    def _look_for_new_children(self, handle: Handle) -> None:
        known = {identity.pid for identity in self._alive | self._zombies}
        for pid in children_of(handle.listener.pid):
            if pid not in known and (process := processes.look_at(pid)) is not None:
                self._compare_one(process)

    def serves(self, client: int, holders: Iterable[Process]) -> None:
        """Record which processes hold a connection: the new ones, where there are any."""
        held = tuple(holders) if self._handle is not None else ()
        made = tuple(process for process in held if process.identity not in self._members)
        for process in made or held:
            known = self._serving.setdefault(client, set())
            if process.identity.pid not in known:
                known.add(process.identity.pid)
                self._compare_one(process)
                self._unassigned.pop(process.identity, None)
                self._add(Serving(self._history.now(), client, process.identity.pid))

    def record_waiting(self) -> None:
        """Record which calls the last look found every process in."""
        if self._seen.processes:
            found = tuple(seen_process(process, self._seen) for process in self._seen.processes)
            self._add(Waiting(self._history.now(), found))

    def _compare(self, seen: tuple[Process, ...]) -> None:
        for process in sorted(seen, key=lambda process: (process.identity.start, process.identity)):
            self._compare_one(process)
        for missing in sorted((self._alive | self._zombies) - {p.identity for p in seen}):
            self._note_missing(missing)

    def _compare_one(self, process: Process) -> None:
        identity = process.identity
        if identity in self._ended:
            return
        if identity not in self._alive and identity not in self._zombies:
            self._alive.add(identity)
            self._unassigned[identity] = process
            self._add(
                ProcessAppeared(self._history.now(), identity.pid, process.parent, process.name)
            )
        if process.is_zombie and identity in self._alive:
            self._note_end(identity, process.wait_status, is_zombie=True)

    def _note_missing(self, identity: Identity) -> None:
        found = processes.look_at(identity.pid)
        is_there = found is not None and found.identity == identity
        if found is not None and is_there and not found.is_zombie:
            # An orphan on its way to the keeper: one look may find it under neither parent.
            return
        if identity in self._zombies:
            self._zombies.discard(identity)
            self._ended.add(identity)
            self._add(ZombieReaped(self._history.now(), identity.pid))
        else:
            status = found.wait_status if found is not None and is_there else 0
            self._note_end(identity, status, is_zombie=False)

    def _note_end(self, identity: Identity, wait_status: int, *, is_zombie: bool) -> None:
        self._alive.discard(identity)
        self._unassigned.pop(identity, None)
        (self._zombies if is_zombie else self._ended).add(identity)
        # A status of 0 is also that of a process that may not be looked at.
        ending = str(Ending.of(wait_status)) if wait_status else ""
        self._add(ProcessEnded(self._history.now(), identity.pid, ending, is_zombie))

    def _add(self, event: Event) -> None:
        self._history.add(event)
