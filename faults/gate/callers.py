"""Which calls a rule is about: those of some processes, of a connection, of the listening socket.

A call belongs to a connection by its descriptor, whoever makes it: a worker of its own, one of a
pool, a thread, or the one process that serves all.
"""

import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from faults import moments
from faults.fault import Outcome, Scene
from faults.gate.calls import EPOLL, Kind, kind_of, name_of, signals_blocked_in
from faults.gate.gate import Gate
from faults.gate.kernel import Call, process_of
from faults.gate.rules import Armed, Treated
from faults.signal_slow_call import CATCHES_EVERYTHING, REPORTING
from target import processes
from target.processes import Process

Matches = Callable[[Call], bool]


def of_processes(found: Iterable[Process]) -> Matches:
    """Calls that a thread of these processes makes."""
    pids = {process.identity.pid for process in found}
    return lambda call: process_of(call.thread) in pids


def of_listening_socket(scene: Scene) -> Matches:
    """Calls about the socket that clients connect to."""
    inode = scene.handle.listening_inode if scene.handle else 0
    return lambda call: _about(call, inode)


def of_connection(scene: Scene, client: int) -> Matches:
    """Calls about the server's end of a client's connection, from when it is accepted."""
    handle, ours = scene.handle, scene.endpoint(client)

    def matches(call: Call) -> bool:
        found = handle.connection(ours) if handle else None
        return found is not None and found.inode != 0 and _about(call, found.inode)

    return matches


def _about(call: Call, inode: int) -> bool:
    try:
        name = os.readlink(f"/proc/{call.thread}/fd/{call.arguments[0]}")
    except OSError:
        return False
    return name == f"socket:[{inode}]"


@dataclass
class Interruptible:
    """Of the calls that match, those that a signal can interrupt (signal(7)); counts the others.

    A call that never blocks is never interrupted, nor is one of a process that catches no signal,
    or catches all with SA_RESTART. Which signals count is as for signals that are really sent.
    """

    gate: Gate
    matches: Matches
    others: int = 0

    def __call__(self, call: Call) -> bool:
        """Tell whether the rule is about this call."""
        if not self.matches(call):
            return False
        can_be = self._can_be(call)
        self.others += not can_be
        return can_be

    def _can_be(self, call: Call) -> bool:
        process, kind = process_of(call.thread), kind_of(call)
        masks = processes.signals_of(call.thread)
        if process is None or masks is None:
            return False
        if kind is Kind.WAIT and name_of(call) in EPOLL:
            # One that does not wait at all looks for signals nowhere.
            return name_of(call) == "epoll_pwait2" or call.arguments[3] & 0xFFFFFFFF != 0
        if kind is not Kind.WAIT and _never_blocks(call):
            return False
        caught = masks.caught if len(masks.caught) < CATCHES_EVERYTHING else frozenset()
        blocked = signals_blocked_in(call)
        caught -= masks.blocked if blocked is None else blocked
        reported = [number for number in REPORTING if number in caught]
        return any(kind is Kind.WAIT or self.gate.handlers.interrupts(process, n) for n in reported)


def _never_blocks(call: Call) -> bool:
    try:
        with open(f"/proc/{call.thread}/fdinfo/{call.arguments[0]}") as file:
            flags = next(int(line.split()[1], 8) for line in file if line.startswith("flags:"))
    except (OSError, StopIteration):
        return True
    asked = name_of(call) == "recvfrom" and call.arguments[3] & socket.MSG_DONTWAIT
    return bool(flags & os.O_NONBLOCK or asked)


def gate_of(scene: Scene, *kinds: Kind) -> Gate | Outcome:
    """Return the gate that this server runs under, or why calls of these kinds cannot be met."""
    if scene.gate is None:
        return Outcome.impossible(scene.why_no_gate)
    if scene.gate.failure:
        return Outcome.missed(scene.gate.failure)
    missing = [kind.value for kind in kinds if kind not in scene.gate.kinds]
    if missing:
        return Outcome.impossible(
            f"its calls of {', '.join(missing)} do not stop: a timer's signal would interrupt them"
        )
    return scene.gate


NOT_CALM = Outcome.missed("the listener did not come to rest")


def await_calm(scene: Scene, gate: Gate) -> bool:
    """Wait until the listener waits for the next client, so that a rule meets nobody else.

    A thread that stops at the gate sleeps as well, in a call that it has not begun; and a listener
    may sleep for another reason while clients wait in its accept queue.
    """
    return scene.wait(
        lambda: _is_calm(scene, gate) and _nobody_waits(scene),
        "the listener to wait for the next client",
    )


def _nobody_waits(scene: Scene) -> bool:
    return scene.handle is None or not scene.handle.clients_wait()


def await_call(
    scene: Scene, gate: Gate, has_come: Callable[[], bool], clients: Iterable[int], what: str
) -> bool:
    """Wait until a call has come, or these clients have all they want and it has not."""
    waiting = tuple(clients)

    def is_over() -> bool:
        served = all(scene.is_satisfied(one) for one in waiting)
        return served and moments.all_taken(scene, waiting) and _is_calm(scene, gate)

    scene.wait(lambda: has_come() or is_over(), what)
    return has_come()


def _is_calm(scene: Scene, gate: Gate) -> bool:
    before = gate.passages()
    calm = before is not None and moments.all_asleep(scene.listeners())
    return calm and before == gate.passages()


def mark_treated(scene: Scene, armed: Armed, what: str) -> int:
    """Record for the timeline what was done to calls; return how many there were."""
    treated: list[Treated] = list(armed.treated)
    for each in treated:
        scene.mark(f"{each.name}: {what}", process_of(each.thread) or each.thread)
    return len(treated)
