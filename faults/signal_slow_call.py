"""A signal arrives while a process is blocked in a slow system call.

UNP 5.9: a process that catches a signal gets EINTR from accept, read and write, and must be
prepared for it. Only harmless signals are sent: those whose default is to do nothing, those that
the process ignores, and those that it catches and that report something. A signal without a
handler would kill, and many a caught one is an order that it is right to follow: SIGTERM, SIGHUP
and SIGALRM of course, but SIGUSR1 too (HAProxy stops, Node.js opens its debugger, PHP, Ruby and
Erlang end), and SIGWINCH (Apache and nginx let their workers go).
"""

import enum
from dataclasses import dataclass
from signal import Signals
from typing import ClassVar

from faults import moments
from faults.fault import NO_PROCESS, NO_WORKER, Fault, Outcome, Reading, Scene
from target import processes
from target.handle import Handle
from target.processes import Process

HARMLESS_BY_DEFAULT = frozenset(
    {Signals.SIGCHLD, Signals.SIGURG, Signals.SIGWINCH, Signals.SIGCONT}
)
"""Ignored unless caught (signal(7)), and not orders when caught: they report something."""


REPORTING = (Signals.SIGCHLD, Signals.SIGURG, Signals.SIGCONT, Signals.SIGPIPE)
"""Caught, these report something; a handler for any other may end or change the service."""


class SlowCall(enum.Enum):
    """Which process is hit, and in which call."""

    ACCEPT = "the listener blocked in accept"
    READ = "a worker blocked in read"
    WRITE = "a worker blocked in write"


CATCHES_EVERYTHING = 20
"""Signals caught from which a process is taken for a runtime that passes them on as it likes: Go
catches all of them, and still ends at a SIGUSR1 that the program did not ask for (os/signal)."""


class SignalName(enum.Enum):
    """The signals that may be sent; the last ones only where they are caught or ignored."""

    CAUGHT = "CAUGHT"
    """The first that the process catches and that is no order to it: the one that interrupts."""
    CHLD = "CHLD"
    URG = "URG"
    WINCH = "WINCH"
    CONT = "CONT"
    PIPE = "PIPE"
    HUP = "HUP"
    USR1 = "USR1"


@dataclass(frozen=True)
class SignalSlowCall(Fault):
    """Send a signal `count` times, back to back or each when the last has been taken."""

    name: ClassVar[str] = "signals"
    section: ClassVar[str] = "UNP 5.9"
    summary: ClassVar[str] = "signals while the server is blocked in accept, read or write"

    client: int
    call: SlowCall
    signal: SignalName
    count: int
    volley: bool

    def apply(self, scene: Scene) -> Outcome:
        """Wait until the process is blocked in the call, then send."""
        if scene.handle is None:
            return NO_PROCESS
        process = self._blocked_process(scene)
        if isinstance(process, Outcome):
            return process
        number = harmless_signal(process, self.signal)
        if number is None:
            return Outcome.missed(f"{words(self.signal)} is not harmless to {process.name}")
        where = sorted(moments.calls_of(process))
        sent = self._send(scene, scene.handle, process, number)
        return Outcome.fired(f"{number.name} x {sent} to {process.identity} in {', '.join(where)}")

    def undo(self, scene: Scene) -> None:
        """Let the client read again, and send no more than the server has taken."""
        if self.call is SlowCall.WRITE and scene.is_open(self.client):
            scene.send_no_more(self.client)
            scene.set_reading(self.client, Reading.EAGER)

    def _blocked_process(self, scene: Scene) -> Process | Outcome:
        if self.call is SlowCall.ACCEPT:
            listeners = scene.listeners()
            if listeners and scene.wait(lambda: moments.all_asleep(listeners), "accept to block"):
                return listeners[0]
            return Outcome.missed("the listener was not blocked in accept")
        if not scene.is_open(self.client) or not moments.wait_until_served(scene, self.client):
            return Outcome.missed(f"c{self.client} was not connected")
        workers = scene.workers(self.client)
        if not workers:
            return NO_WORKER
        if self.call is SlowCall.WRITE:
            blocked = moments.block_in_write(scene, self.client, moments.TOO_MUCH)
        else:
            blocked = scene.wait(lambda: moments.is_idle(scene, self.client), "read to block")
        if not blocked:
            return Outcome.missed(f"the worker of c{self.client} was not blocked")
        return workers[0]

    def _send(self, scene: Scene, handle: Handle, process: Process, number: Signals) -> int:
        sent = 0
        for _ in range(self.count):
            scene.mark(number.name, process.identity.pid)
            sent += handle.signal(process.identity, number)
            if not self.volley:
                scene.wait(lambda: moments.is_blocked_again(process), "the call to block again")
        scene.wait(lambda: not moments.has_signal_pending(process), "the signals to be taken")
        return sent

    def __str__(self) -> str:
        how = " back to back" if self.volley and self.count > 1 else ""
        whose = "" if self.call is SlowCall.ACCEPT else f" for c{self.client}"
        times = f" {self.count} times" if self.count > 1 else ""
        return f"send {words(self.signal)}{times}{how} to {self.call.value}{whose}"


def harmless_signal(
    process: Process, name: SignalName, reporting: tuple[Signals, ...] = REPORTING
) -> Signals | None:
    """Return the signal to be sent to this process, None when it could do harm.

    `reporting` are those that are no order to such a process when it catches them.
    """
    masks = processes.signals_of(process.identity.pid)
    if masks is None:
        return None
    caught = masks.caught if len(masks.caught) < CATCHES_EVERYTHING else frozenset()
    if name is SignalName.CAUGHT:
        return next((number for number in reporting if number in caught), None)
    number = Signals[f"SIG{name.value}"]
    if number in masks.ignored:
        return number
    if number not in masks.caught:
        return number if number in HARMLESS_BY_DEFAULT else None
    if number in reporting and (number in HARMLESS_BY_DEFAULT or number in caught):
        return number
    return None


def words(name: SignalName) -> str:
    """Name the signal for a person."""
    return "a caught signal" if name is SignalName.CAUGHT else f"SIG{name.value}"
