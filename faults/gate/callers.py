"""Which calls a rule is about: those of some processes, of a connection, of the listening socket.

A call belongs to a connection by its descriptor, whichever process makes it: a worker of its own,
one of a pool, a thread, or the one process that serves all.
"""

import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from faults import conditions
from faults.fault import FaultOutcome
from faults.gate.calls import EPOLL, Kind, kind_of, name_of
from faults.gate.gate import Gate
from faults.gate.kernel import Call, process_of
from faults.gate.masks import signals_blocked_in
from faults.gate.rules import ArmedRule, HandledCall
from faults.harmless_signals import Harmless
from faults.server_context import ServerContext
from target import held_sockets, process_status, processes
from target.processes import Process

Matches = Callable[[Call], bool]


def of_processes(found: Iterable[Process]) -> Matches:
    """Calls that a thread of these processes makes."""
    pids = {process.identity.pid for process in found}
    return lambda call: process_of(call.thread) in pids


def of_listening_socket(context: ServerContext) -> Matches:
    """Calls about the socket that clients connect to."""
    inode = context.handle.listening_inode if context.handle else 0
    return lambda call: _about(call, inode)


def of_connection(context: ServerContext, client: int) -> Matches:
    """Calls about the server's end of a client's connection, from when it is accepted."""
    handle, ours = context.handle, context.endpoint(client)

    def matches(call: Call) -> bool:
        found = handle.connection(ours) if handle else None
        return found is not None and found.inode != 0 and _about(call, found.inode)

    return matches


def moves_bytes_of_a_client(call: Call) -> bool:
    """Return whether a call reads from a TCP connection, or writes to one."""
    moves = kind_of(call) in (Kind.READ, Kind.WRITE)
    return moves and held_sockets.is_of_tcp(call.thread, call.descriptor)


def _about(call: Call, inode: int) -> bool:
    try:
        name = os.readlink(f"/proc/{call.thread}/fd/{call.descriptor}")
    except OSError:
        return False
    return name == processes.name_of_socket(inode)


@dataclass
class Interruptible:
    """Of the calls that match, those that a signal can interrupt (signal(7)); counts the others.

    A call that never blocks is never interrupted, nor is one of a process that catches no signal,
    or catches all with SA_RESTART. Which signals count is as for signals that are really sent.
    """

    gate: Gate
    matches: Matches
    harmless: Harmless
    others: int = 0

    def __call__(self, call: Call) -> bool:
        """Return whether the rule is about this call."""
        if not self.matches(call):
            return False
        can_be = self._can_be(call)
        self.others += not can_be
        return can_be

    def _can_be(self, call: Call) -> bool:
        process, kind = process_of(call.thread), kind_of(call)
        masks = process_status.signals_of(call.thread)
        if process is None or masks is None:
            return False
        if kind is Kind.WAIT and name_of(call) in EPOLL:
            # One that does not wait at all never looks for signals.
            return name_of(call) == "epoll_pwait2" or call.arguments[3] & 0xFFFFFFFF != 0
        if kind is not Kind.WAIT and _never_blocks(call):
            return False
        asked = signals_blocked_in(call)
        blocked = masks.blocked if asked is None else asked
        reported = [n for n in self.harmless.among(masks.caught) if n not in blocked]
        return any(kind is Kind.WAIT or self.gate.handlers.interrupts(process, n) for n in reported)


def _never_blocks(call: Call) -> bool:
    if name_of(call) == "recvfrom" and call.arguments[3] & socket.MSG_DONTWAIT:
        return True
    return processes.never_blocks(call.thread, call.descriptor)


def gate_of(context: ServerContext, *kinds: Kind) -> Gate | FaultOutcome:
    """Return the gate that this server runs under, or why calls of these kinds do not stop."""
    if context.gate is None:
        return FaultOutcome.impossible(context.why_no_gate)
    if context.gate.failure:
        return FaultOutcome.missed(context.gate.failure)
    missing = [kind.value for kind in kinds if kind not in context.gate.kinds]
    if missing:
        return FaultOutcome.impossible(
            f"its calls of {', '.join(missing)} do not stop: {context.why_no_gate}"
        )
    return context.gate


NOT_CALM = FaultOutcome.missed("the listener did not come to rest")


def await_calm(context: ServerContext, gate: Gate) -> bool:
    """Wait until the listener waits for the next client, so that a rule meets no other one.

    A thread that stops at the gate sleeps as well, in a call that it has not begun; and a listener
    may sleep for another reason while clients wait in its accept queue. A worker that is about to
    end wakes it again: SIGCHLD interrupts its call, which SA_RESTART makes anew, through the gate.
    """
    context.wait(lambda: conditions.all_asleep(_without_clients(context)))
    return context.wait(
        lambda: is_calm(context, gate) and _no_client_waits(context),
    )


def _without_clients(context: ServerContext) -> tuple[Process, ...]:
    return context.without_clients(living(context))


def _no_client_waits(context: ServerContext) -> bool:
    return context.handle is None or not context.handle.clients_wait()


def await_call(
    context: ServerContext, gate: Gate, has_come: Callable[[], bool], clients: Iterable[int]
) -> bool:
    """Wait until a call has come, or these clients have all they are owed and it has not."""
    waiting = tuple(clients)
    context.wait(lambda: has_come() or have_been_served(context, gate, waiting))
    return has_come()


def have_been_served(context: ServerContext, gate: Gate, clients: tuple[int, ...]) -> bool:
    """Return whether these clients have all they are owed, and the server makes no call for them.

    A worker may be awake after its last write: the call that it makes next is still to come.
    """
    served = all(context.is_satisfied(one) for one in clients)
    return served and conditions.all_taken(context, clients) and is_calm(context, gate, clients)


def is_calm(context: ServerContext, gate: Gate, clients: Iterable[int] = ()) -> bool:
    """Return whether the listener sleeps, at a call that is held or in one that has begun.

    So does what serves these clients.
    """
    return are_quiet(
        gate,
        lambda: (
            *context.listeners(),
            *(one for client in clients for one in _holders(context, client)),
        ),
    )


def living(context: ServerContext) -> tuple[Process, ...]:
    """Return the target's processes, without zombies."""
    tree = context.handle.tree() if context.handle else ()
    return tuple(process for process in tree if not process.is_zombie)


def are_quiet(gate: Gate, look: Callable[[], tuple[Process, ...]]) -> bool:
    """Return whether the processes that are found now sleep and no call is on its way."""
    before = gate.passages()
    return before is not None and conditions.all_asleep(look()) and before == gate.passages()


def _holders(context: ServerContext, client: int) -> tuple[Process, ...]:
    if context.handle is None or not context.is_open(client):
        return ()
    return context.handle.holders(context.endpoint(client))


def mark_handled(context: ServerContext, armed: ArmedRule, what: str) -> int:
    """Record for the timeline what was done to calls; return how many there were."""
    handled: list[HandledCall] = list(armed.handled)
    for each in handled:
        context.mark(f"{each.name}: {what}", process_of(each.thread) or each.thread)
    return len(handled)
