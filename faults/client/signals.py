"""A signal arrives while the client is blocked in a slow system call.

UNP 5.9: a process that catches signals gets EINTR from connect, read, write and poll. connect is
the one that may not be called again: the connection is being made all the same, and its outcome is
waited for with select or poll and fetched from SO_ERROR (UNP 5.9, 16.4; POSIX, connect).
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from signal import Signals
from typing import ClassVar

from faults import conditions
from faults.client_context import NOT_CONNECTED, NOT_STARTED, ClientContext
from faults.fault import Fault, FaultOutcome
from faults.harmless_signals import Harmless, SignalName, harmless_signal, words
from faults.payloads import A_LINE, Content, Payload
from target import process_status, processes, waits
from target.client_handle import ClientHandle, InputKind
from target.processes import Process, Thread

REPORTING = (Signals.SIGWINCH, Signals.SIGCHLD, Signals.SIGURG, Signals.SIGCONT)
"""Caught, these report something to a program with a user: none of them asks it to end."""

BY_CONVENTION = Harmless(REPORTING)
"""What is known of a client that was not rehearsed."""

MORE_THAN_A_PIPE_HOLDS = Payload(Content.LETTERS, 1 << 20)
MORE_THAN_BUFFERS_HOLD = Payload(Content.LETTERS, 8 << 20)


class ClientCall(enum.Enum):
    """In which call the client is hit."""

    INPUT = "waits for input"
    READ = "waits for an echo"
    WRITE = "is blocked in write, because the server does not read"
    OUTPUT = "is blocked in write to its output, because it is not read"
    CONNECT = "is blocked in connect"
    REFUSED = "is blocked in connect, which then is refused"


class ClientSignal(enum.Enum):
    """The signals that may be sent; CAUGHT is the first that the client catches."""

    CAUGHT = "CAUGHT"
    WINCH = "WINCH"
    CHLD = "CHLD"
    URG = "URG"
    CONT = "CONT"
    USR1 = "USR1"
    USR2 = "USR2"


@dataclass(frozen=True)
class SignalClient(Fault[ClientContext]):
    """Send a signal `count` times, each when the last one has been taken."""

    name: ClassVar[str] = "signals"
    section: ClassVar[str] = "UNP 5.9"
    summary: ClassVar[str] = "signals in connect, read, write, and while the client waits for input"
    brings_clients: ClassVar[bool] = True
    uses_signals: ClassVar[bool] = True

    call: ClientCall
    signal: ClientSignal
    count: int

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Bring the client into the call, then send."""
        refused = _MOMENTS[self.call](context)
        if refused is not None:
            return refused
        handle, found = context.handle, context.processes()
        if handle is None or not found:
            return FaultOutcome.missed("the client had ended")
        number = harmless_signal(found[0], SignalName(self.signal.value), context.harmless)
        if number is None:
            return FaultOutcome.impossible(
                f"no such signal is caught by {found[0].name}, or harmless"
            )
        where = ", ".join(sorted(conditions.calls_of(found[0])))
        what = "blocked in connect" if self.call in _IN_CONNECT else f"in {where}"
        thread = _thread_in(found[0], self.call, number)
        sent = sum(_send(context, handle, found[0], number, thread) for _ in range(self.count))
        if self.call is ClientCall.REFUSED:
            context.refuse()
            context.await_notice()
        return FaultOutcome.fired(f"{number.name} x {sent} to {found[0].identity} {what}")

    def undo(self, context: ClientContext) -> None:
        """Let the connection be made, and the server read again."""
        context.drain_queue()
        context.hold_output(held=False)
        if self.call is ClientCall.WRITE:
            context.read_on()

    def __str__(self) -> str:
        times = f" {self.count} times" if self.count > 1 else ""
        return (
            f"send {words(SignalName(self.signal.value))}{times} while the client {self.call.value}"
        )


def _thread_in(process: Process, call: ClientCall, number: Signals) -> Thread | None:
    """Return the thread that is blocked in the call and takes the signal, where there are several.

    None leaves the choice of the thread to the kernel.
    """
    threads = processes.threads_of(process.identity.pid)
    calls = _SYSTEM_CALLS.get(call, frozenset())
    found = (one for one in threads if one.wait is not None and one.wait.call in calls)
    taking = (one for one in found if not process_status.blocks(one, number))
    return next(taking, None) if len(threads) > 1 else None


def _send(
    context: ClientContext,
    handle: ClientHandle,
    process: Process,
    number: Signals,
    thread: Thread | None,
) -> int:
    context.mark(number.name, process.identity.pid)
    sent = handle.signal(process.identity, number, thread)
    context.wait(lambda: conditions.is_blocked_again(process))
    return sent


def _idle(context: ClientContext) -> FaultOutcome | None:
    if not context.meet() or not context.is_open():
        return NOT_CONNECTED
    context.answer()
    is_idle = context.wait(context.is_idle)
    return None if is_idle else FaultOutcome.missed("the client did not wait for input")


def _reading(context: ClientContext) -> FaultOutcome | None:
    if not context.meet() or not context.is_open():
        return NOT_CONNECTED
    context.type(A_LINE)
    is_idle = context.wait(context.is_idle)
    return None if is_idle else FaultOutcome.missed("the client did not wait for an echo")


def _writing(context: ClientContext) -> FaultOutcome | None:
    if not context.meet() or not context.is_open():
        return NOT_CONNECTED
    if context.handle is None or context.handle.streams.kind is InputKind.TERMINAL:
        return FaultOutcome.missed("a terminal keeps no line of megabytes")
    context.type(MORE_THAN_BUFFERS_HOLD)
    is_stuck = context.wait(context.is_stuck)
    return (
        None if is_stuck else FaultOutcome.missed("the client sends no more before it has an echo")
    )


def _printing(context: ClientContext) -> FaultOutcome | None:
    if not context.meet() or not context.is_open():
        return NOT_CONNECTED
    if context.handle is None or context.handle.streams.kind is InputKind.TERMINAL:
        return FaultOutcome.missed("a terminal keeps no line of megabytes")
    context.hold_output(held=True)
    context.type(MORE_THAN_A_PIPE_HOLDS)
    context.read_on()
    is_stuck = context.wait(context.is_output_stuck)
    return None if is_stuck else FaultOutcome.missed("the client was not held up by its output")


def _connecting(context: ClientContext) -> FaultOutcome | None:
    if context.handle is not None:
        return NOT_STARTED
    if not context.fill_queue():
        return FaultOutcome.missed("the accept queue could not be filled")
    context.start()
    is_blocked = context.wait(
        lambda: context.is_connecting() and conditions.all_asleep(context.processes())
    )
    return None if is_blocked else FaultOutcome.missed("the client was not blocked in connect")


_MOMENTS: dict[ClientCall, Callable[[ClientContext], FaultOutcome | None]] = {
    ClientCall.INPUT: _idle,
    ClientCall.READ: _reading,
    ClientCall.WRITE: _writing,
    ClientCall.OUTPUT: _printing,
    ClientCall.CONNECT: _connecting,
    ClientCall.REFUSED: _connecting,
}
_SYSTEM_CALLS = {
    ClientCall.READ: waits.READING,
    ClientCall.WRITE: waits.WRITING,
    ClientCall.OUTPUT: waits.WRITING,
}
_IN_CONNECT = frozenset({ClientCall.CONNECT, ClientCall.REFUSED})
