"""A signal arrives while a process is blocked in a slow system call.

UNP 5.9: a process that catches a signal gets EINTR from accept, read and write, and must be
prepared for it. `faults.harmless_signals` selects the signals that may be sent.
"""

import enum
from dataclasses import dataclass, field
from signal import Signals
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome, Reading
from faults.harmless_signals import SignalName, harmless_signal, why_not, words
from faults.server_context import NO_PROCESS, NO_WORKER, ServerContext
from target.handle import Handle
from target.processes import Process


class SlowCall(enum.Enum):
    """Which process is hit, and in which call."""

    ACCEPT = "the listener blocked in accept"
    READ = "a worker blocked in read"
    WRITE = "a worker blocked in write"


@dataclass(frozen=True)
class SignalSlowCall(Fault[ServerContext]):
    """Send a signal `count` times, back to back or each when the last has been taken."""

    name: ClassVar[str] = "signals"
    section: ClassVar[str] = "UNP 5.9"
    summary: ClassVar[str] = "signals while the server is blocked in accept, read or write"
    uses_signals: ClassVar[bool] = True

    client: int = field(metadata=NAMES_CLIENTS)
    call: SlowCall
    signal: SignalName
    count: int
    volley: bool

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Wait until the process is blocked in the call, then send."""
        if context.handle is None:
            return NO_PROCESS
        process = self._blocked_process(context)
        if isinstance(process, FaultOutcome):
            return process
        number = harmless_signal(process, self.signal, context.harmless)
        if number is None:
            return FaultOutcome.impossible(why_not(process, self.signal))
        where = sorted(conditions.calls_of(process))
        sent = self._send(context, context.handle, process, number)
        return FaultOutcome.fired(
            f"{number.name} x {sent} to {process.identity} in {', '.join(where)}"
        )

    def undo(self, context: ServerContext) -> None:
        """Let the client read again, and send no more than the server has taken."""
        if self.call is SlowCall.WRITE and context.is_open(self.client):
            context.send_no_more(self.client)
            context.set_reading(self.client, Reading.EAGER)

    def _blocked_process(self, context: ServerContext) -> Process | FaultOutcome:
        if self.call is SlowCall.ACCEPT:
            listeners = context.listeners()
            if listeners and context.wait(lambda: conditions.all_asleep(listeners)):
                return listeners[0]
            return FaultOutcome.missed("the listener was not blocked in accept")
        if not context.is_open(self.client) or not conditions.wait_until_served(
            context, self.client
        ):
            return conditions.not_accepted(context, self.client)
        workers = context.workers(self.client)
        if not workers:
            return NO_WORKER
        if self.call is SlowCall.WRITE:
            blocked = conditions.block_in_write(context, self.client, conditions.TOO_MUCH)
        else:
            blocked = context.wait(lambda: conditions.is_idle(context, self.client))
        if not blocked:
            return FaultOutcome.missed(f"the worker of c{self.client} was not blocked")
        return workers[0]

    def _send(
        self, context: ServerContext, handle: Handle, process: Process, number: Signals
    ) -> int:
        sent = 0
        for _ in range(self.count):
            context.mark(number.name, process.identity.pid)
            sent += handle.signal(process.identity, number)
            if not self.volley:
                context.wait(lambda: conditions.is_blocked_again(process))
        context.wait(lambda: not conditions.has_signal_pending(process))
        return sent

    def __str__(self) -> str:
        how = " back to back" if self.volley and self.count > 1 else ""
        whose = "" if self.call is SlowCall.ACCEPT else f" for c{self.client}"
        times = f" {self.count} times" if self.count > 1 else ""
        return f"send {words(self.signal)}{times}{how} to {self.call.value}{whose}"
