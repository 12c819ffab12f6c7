"""A server is told to stop: whom it served at that moment, and what is left of it afterwards."""

from signal import Signals

from faults import conditions
from properties.model.history import History
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import SeenProcess
from properties.server.instance import ServerInstance
from properties.server.stopping.events import (
    LeftProcess,
    ServedAtStop,
    SignalAction,
    StopAwaited,
    ToldToStop,
)
from target import process_status, processes
from target.handle import Handle
from target.processes import Identity, Process, Thread

STOPPING = (Signals.SIGTERM, Signals.SIGINT)
"""The signals whose handlers tell how a program wants to be stopped."""


class Stopping:
    """Tells one server to stop, and records what becomes of it."""

    def __init__(self, server: ServerInstance, io_loop: ClientIoLoop, history: History) -> None:
        self._server = server
        self._io_loop = io_loop
        self._history = history
        self._told: tuple[Identity, ...] = ()
        self._number = Signals.SIGTERM
        self._output_before = ""

    def tell(self, told: tuple[Process, ...], number: Signals) -> ToldToStop | None:
        """Record whom each process serves, then send the signal; None where none could be told."""
        handle = self._server.handle
        if handle is None:
            return None
        self._number, self._output_before = number, handle.output()
        living = [process for process in handle.tree() if not process.is_zombie]
        event = ToldToStop(
            self._history.now(),
            number.name,
            handle.root.pid,
            tuple(process.identity.pid for process in told),
            tuple(_action(process) for process in living),
            tuple(self._served(handle, client) for client in self._live()),
        )
        self._history.add(event)
        self._told = tuple(
            process.identity
            for process in told
            if handle.signal(process.identity, number, _taker(process, number))
        )
        return event if self._told else None

    def look(self) -> None:
        """Wait until it has ended, or does not by itself, and record what is left."""
        handle = self._server.handle
        if handle is None or not self._told:
            return
        with_clients = bool(self._live())
        conclusion = self._io_loop.wait(lambda: self._has_stopped(handle))
        if self._clients_leave_that_were_told():
            conclusion = self._io_loop.wait(lambda: self._has_stopped(handle))
        living = [process for process in handle.tree() if not process.is_zombie]
        listening = handle.listening_socket()
        holders = processes.holders_of(listening.inode, living) if listening else ()
        ending = handle.ending_of(handle.root)
        self._history.add(
            StopAwaited(
                self._history.now(),
                with_clients,
                tuple(self._left(handle, process) for process in living),
                tuple(process.identity.pid for process in holders),
                str(ending) if ending else "",
                _added(self._output_before, handle.output()),
                conclusion,
                self._io_loop.evidence,
                ending.status if ending else None,
                ending.signal if ending else None,
            )
        )

    def _live(self) -> list[ClientConnection]:
        return [client for client in self._io_loop.clients.values() if client.is_live]

    def _has_stopped(self, handle: Handle) -> bool:
        """Return whether all that has to has ended: with clients those told, without all."""
        if not self._live():
            return handle.is_gone()
        return handle.listening_socket() is None and all(map(conditions.has_ended, self._told))

    def _clients_leave_that_were_told(self) -> bool:
        """Close the clients that have seen the end of their connections; return whether any did."""
        ended = [one for one in self._io_loop.clients.values() if one.end and not one.closed]
        for client in ended:
            client.close(final=True)
        return bool(ended)

    def _served(self, handle: Handle, client: ClientConnection) -> ServedAtStop:
        """Return who served a client, and how many bytes the server had written to it."""
        holders = handle.holders(client.endpoint)
        pids = tuple(process.identity.pid for process in holders)
        return ServedAtStop(client.number, pids, written_to(handle, client))

    def _left(self, handle: Handle, process: Process) -> LeftProcess:
        pid = process.identity.pid
        calls = tuple(sorted(conditions.calls_of(process)))
        masks = process_status.signals_of(pid)
        live = {one.endpoint: one.number for one in self._live()}
        serves = (live[end] for end in handle.held_by((process,), live)[process])
        return LeftProcess(
            SeenProcess(pid, process.parent, process.name, process.state, calls),
            tuple(serves),
            process.identity in self._told,
            masks is not None and self._number in masks.blocked,
            masks is not None and self._number in masks.pending,
            masks is not None and self._number in masks.ignored,
        )


def written_to(handle: Handle, client: ClientConnection) -> int:
    """Return how many bytes the server has written to a client; 0 where that is not known."""
    found = None if client.closed else handle.connection(client.endpoint)
    written = found.written if found else None
    return min(written or 0, client.owed.promised)


def _taker(process: Process, number: Signals) -> Thread | None:
    """Return the thread that takes a signal to a stopped process; None for as the kernel chooses.

    It chooses the first thread where that can, but none while all are stopped: then any thread
    takes it that is continued before (signal(7)).
    """
    threads = processes.threads_of(process.identity.pid)
    first = next((one for one in threads if one.tid == one.pid), None)
    if len(threads) < 2 or first is None or first.state not in "Tt":
        return None
    return None if process_status.blocks(first, number) else first


def _action(process: Process) -> SignalAction:
    masks = process_status.signals_of(process.identity.pid)
    caught = tuple(one.name for one in STOPPING if masks and one in masks.caught)
    return SignalAction(process.identity.pid, process.name, caught)


def _added(before: str, after: str) -> str:
    """Return what was written since; of the output only the end is kept."""
    return after[len(before) :] if after.startswith(before) else after
