"""What happens while a call is held: the steps that the faults which hold calls have in common."""

import signal

from faults import conditions
from faults.fault import FaultOutcome, Reading
from faults.gate.callers import NOT_CALM, await_calm
from faults.gate.gate import Gate
from faults.gate.kernel import process_of
from faults.gate.rules import ArmedRule
from faults.gate.substitutes import signals_to_handle
from faults.harmless_signals import SignalName, harmless_signal
from faults.payloads import A_LINE
from faults.server_context import ServerContext
from target import processes
from target.process_status import blocks
from target.processes import Process

NO_SIGNAL = FaultOutcome.impossible("no signal is caught that could be sent without harm")


def caller_of(armed: ArmedRule) -> int:
    """Return the process whose call was held, 0 when it has gone or there was none."""
    return process_of(thread_of(armed)) or 0


def thread_of(armed: ArmedRule) -> int:
    """Return the thread whose call was held, 0 when there was none."""
    return armed.handled[0].thread if armed.handled else 0


def serve_beside(
    context: ServerContext, gate: Gate, client: int, other: int
) -> FaultOutcome | None:
    """Let `other` be served, so that the next call is made for `client`; return why it failed."""
    # A fault that was impossible has left clients there which the drawing took for ended.
    is_there = context.may_open(other) and context.open(other, Reading.EAGER)
    if not is_there or not context.may_open(client):
        return FaultOutcome.missed("the clients could not connect")
    context.send(other, A_LINE)
    context.wait(lambda: context.accepted(other))
    return None if await_calm(context, gate) else NOT_CALM


def interrupt(context: ServerContext, pid: int) -> FaultOutcome | None:
    """Send a signal that it catches to a process of the target; return why none was sent."""
    tree = context.handle.tree() if context.handle else ()
    process = next((one for one in tree if one.identity.pid == pid), None)
    number = harmless_signal(process, SignalName.CAUGHT, context.harmless) if process else None
    if process is None or number is None or context.handle is None:
        return NO_SIGNAL
    context.mark(number.name, pid)
    context.handle.signal(process.identity, number)
    return None


def kill(context: ServerContext, workers: tuple[Process, ...]) -> None:
    """Send SIGKILL to each of these processes, and record it."""
    for worker in workers:
        context.mark("SIGKILL", worker.identity.pid)
        if context.handle is not None:
            context.handle.signal(worker.identity, signal.SIGKILL)


def have_ended(workers: tuple[Process, ...]) -> bool:
    """Return whether all these processes have ended, reaped or not."""
    return all(conditions.has_ended(worker.identity) for worker in workers)


def await_end(context: ServerContext, workers: tuple[Process, ...]) -> bool:
    """Wait until these processes have ended, and record it; return whether they have."""
    if not context.wait(lambda: have_ended(workers)):
        return False
    conditions.mark_ended(context, (worker.identity for worker in workers))
    return True


def let_go(gate: Gate, armed: ArmedRule, *, after_handler: bool) -> None:
    """Let a held call go on, at once or after a handler has run, and hold no other."""
    if after_handler:
        gate.make_again(armed)
    else:
        gate.release(armed)
    gate.disarm(armed)


def is_about_to_handle(thread: int) -> bool:
    """Return whether a thread will run a handler when it leaves its call.

    A signal for the process may be taken by any thread that does not block it (signal(7)).
    """
    # Asked at each turn of a schedule: the other threads are looked at only where a signal waits.
    if not (waiting := signals_to_handle(thread)):
        return False
    others = [
        one for one in processes.threads_of(thread) if one.tid != thread and not one.has_ended
    ]
    return any(all(blocks(other, number) for other in others) for number in waiting)
