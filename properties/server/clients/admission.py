"""Connects clients one by one to a server of which calls stop at the gate that never sleep.

A signal that is delivered before the notification of a call has been read ends the call with EINTR,
where its handler was installed without SA_RESTART. A read, a write or an accept that may block ends
so without a gate as well. fork(2) never fails so (the kernel begins it anew), nor does an accept
that does not block, a close, or any other call that never sleeps. A server that turns away a client
because fork failed, or that ends because getpeername did, is right, and must not fail for it. So no
client connects while a child may end, which is what sends SIGCHLD, and nothing else is done until
the new client is served. Calls that stop for the witness alone (`faults.gate.witness`) do not
count: a listener that sets a timer for each client would be interrupted there. The same holds after
a fault: a fork that was held is begun anew, with another notification, where a signal has come
meanwhile. A server with timers that interrupt gets no gate at all (`properties.server.harness`).
"""

import socket

from faults.fault import Reading
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from target.handle import Handle
from target.held import signal_name

ONE_BY_ONE = frozenset(Kind) - {Kind.READ, Kind.WRITE, Kind.WAIT, Kind.LOCK, Kind.PAUSE}
"""The kinds of calls that no signal ends without a gate, or not in a listener that has clients."""


class SerialAdmission:
    """Waits before and after each new client, and after each fault, where such calls stop."""

    def __init__(self, server: ServerInstance, io_loop: ClientIoLoop) -> None:
        self._server = server
        self._io_loop = io_loop

    @property
    def applies(self) -> bool:
        """Whether clients have to connect one by one."""
        gate = self._server.gate
        return gate is not None and bool(gate.kinds & ONE_BY_ONE)

    def before(self) -> None:
        """Wait until no child is about to end, and the clients before have been accepted."""
        if self.applies:
            self._io_loop.wait(lambda: not self._a_client_leaves() and self._is_at_rest())

    def after(self) -> None:
        """Wait until the server has done what it does for a new client."""
        if self.applies:
            self._io_loop.await_handshakes()
            self._io_loop.wait(self._is_at_rest)

    def _a_client_leaves(self) -> bool:
        """Return whether a client has half-closed and still reads: its worker may end any time."""
        return any(
            client.is_live and client.is_leaving and client.reading is not Reading.LATE
            for client in self._io_loop.clients.values()
        )

    def _is_at_rest(self) -> bool:
        handle = self._server.handle
        if handle is None:
            return True
        if self._server.gate is not None and self._server.gate.repeats:
            # It does not rest while its call fails.
            return True
        seen = handle.look()
        if any(one.awaits_signal for one in seen.threads) or not handle.was_at_rest(seen):
            return False
        if any(thread.state in "Tt" for thread in seen.threads):
            # A fault has stopped those that would accept it.
            return True
        # It may sleep for a reason of its own, while clients wait until it wakes up.
        return not handle.clients_wait() or self._is_held(handle)

    def _is_held(self, handle: Handle) -> bool:
        """Return whether a call of a process that accepts is held: it may accept afterwards."""
        gate = self._server.gate
        return gate is not None and gate.holds({one.identity.pid for one in handle.listeners()})


def cannot_be_held(server: ServerInstance) -> str:
    """Return why no call of this server may be held, in words; empty where they may."""
    if server.gate is None:
        return ""
    if server.keeps_back is None:
        server.keeps_back = _kept_back(server)
    return interrupted_by(server.gate) or server.keeps_back


def _kept_back(server: ServerInstance) -> str:
    """Return whether connections wait in the kernel until they have sent something, in words.

    Then they are accepted in another order than they came, and the accept queue does not show them.
    """
    handle = server.handle
    socket_of_it = handle.copy_of_listening_socket() if handle is not None else None
    if socket_of_it is None:
        return ""
    with socket_of_it:
        keeps = socket_of_it.getsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT)
    return "its listening socket has TCP_DEFER_ACCEPT, which hides connections" if keeps else ""


def interrupted_by(gate: Gate) -> str:
    """Return which signals may come at any time and interrupt calls of the target, in words.

    Empty for none: a handler whose signal nothing sends does no harm.
    """
    found = sorted(gate.handlers.interrupting(gate.witness.may_come))
    if not found:
        return ""
    named = " and ".join(signal_name(number) for number in found)
    return (
        f"it has timers, or descriptors, that send {named}, with a handler that was set without "
        "SA_RESTART: it would interrupt calls that are held"
    )
