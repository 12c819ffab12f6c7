"""The server is told to stop, as at the shutdown of its host.

UNP 5.16: init sends SIGTERM to all processes, waits for some time, and sends SIGKILL to those that
still run. A terminal sends SIGINT to a whole group, a supervisor SIGTERM to the process that it has
started. What follows is looked at twice, while the clients are connected and when they have left.

A signal may come after its flag was tested and before the call that it is to interrupt: then the
call sleeps, and nothing ends (the lost wake-up, UNP 20.5). At the gate that is certain.
"""

import enum
import signal
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome, Reading
from faults.freezing import frozen
from faults.gate.callers import NOT_CALM, await_call, gate_of, of_processes
from faults.gate.calls import Kind
from faults.gate.held import is_about_to_handle, let_go, thread_of
from faults.gate.rules import Hold, Rule
from faults.payloads import A_LINE, Content, Payload
from faults.server_context import NO_PROCESS, ServerContext
from target import process_status, waits
from target.handle import Handle
from target.processes import Process

PORTION = Payload(Content.LETTERS, 32 << 10)
"""What is sent at once until the client's receive buffer is full and the server's holds the rest:
little enough for a send buffer, so that the server can write all that it reads."""

PORTIONS = 256
"""More than the largest receive buffer holds that the client does not read (tcp_rmem: 6 MiB)."""


class StopSignal(enum.Enum):
    """With which signal it is told to stop."""

    TERM = "TERM"
    INT = "INT"

    @property
    def number(self) -> signal.Signals:
        """The signal itself."""
        return signal.Signals[f"SIG{self.value}"]


class StopTo(enum.Enum):
    """To which of its processes the signal is sent."""

    ROOT = "the process that was started"
    ALL = "all its processes"


class StopMoment(enum.Enum):
    """What the server is doing then."""

    IDLE = "while it is idle"
    SILENT = "while its clients are silent"
    MID_ECHO = "in the middle of an echo"
    """It has written an echo that its client has not read, and has not read the next line."""
    ABOUT_TO_WAIT = "just before it waits for the next client"
    """Nothing but the call is between what it has tested and its sleep."""


@dataclass(frozen=True)
class StopServer(Fault[ServerContext]):
    """Tell the server to stop, and see what becomes of it while its clients are connected."""

    name: ClassVar[str] = "stops"
    section: ClassVar[str] = "UNP 5.16"
    summary: ClassVar[str] = "the server is told to stop: SIGTERM or SIGINT, idle or busy"
    ends_target: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset({Kind.ACCEPT, Kind.WAIT})

    client: int = field(metadata=NAMES_CLIENTS)
    signal: StopSignal
    to: StopTo
    moment: StopMoment

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kinds of calls that are held, where the moment is one before a call."""
        return self.calls if self.moment is StopMoment.ABOUT_TO_WAIT else frozenset()

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Wait for the moment, send the signal, and see what goes on being served."""
        handle = context.handle
        if handle is None:
            return NO_PROCESS
        masks = process_status.signals_of(handle.root.pid)
        if self.signal is StopSignal.INT and masks and self.signal.number in masks.ignored:
            return FaultOutcome.impossible("the server ignores SIGINT, as a job in the background")
        if self.moment is StopMoment.ABOUT_TO_WAIT:
            if refused := self._tell_at_gate(context, handle):
                return refused
        elif not self._is_told_at_the_moment(context, handle):
            return FaultOutcome.missed(f"the server was not found {self.moment.value}")
        # What has not come by now comes no more from a server that ends at once.
        context.wait(lambda: all(map(conditions.is_blocked_again, _living(handle))))
        context.set_reading(self.client, Reading.EAGER)
        context.see_it_stop()
        if self.moment is not StopMoment.IDLE and context.is_open(self.client):
            # Whatever goes on has to go on serving.
            context.send(self.client, A_LINE)
        return FaultOutcome.fired(f"SIG{self.signal.value} to {self.to.value}")

    def undo(self, context: ServerContext) -> None:
        """Let the client read again, and those go that only woke the listener."""
        context.set_reading(self.client, Reading.EAGER)
        if self.moment is StopMoment.ABOUT_TO_WAIT:
            context.disperse()

    def _told(self, context: ServerContext, handle: Handle) -> tuple[Process, ...]:
        """Return the processes that get the signal, the first one before the others.

        A shell around the server passes nothing on: the process that listens is told as well.
        """
        living = _living(handle)
        roots = tuple(process for process in living if process.identity == handle.root)
        if self.to is StopTo.ALL:
            return (*roots, *(process for process in living if process not in roots))
        masks = process_status.signals_of(handle.root.pid)
        passes_on = masks is not None and self.signal.number in masks.caught
        if passes_on or any(one.identity == handle.root for one in context.listeners()):
            return roots
        listening = [process for process in living if process.identity == handle.listener]
        return tuple(dict.fromkeys((*roots, *listening)))

    def _is_told_at_the_moment(self, context: ServerContext, handle: Handle) -> bool:
        """Wait for the moment and send the signal; return whether it came."""
        if self.moment is StopMoment.IDLE:
            return context.wait(lambda: conditions.all_asleep(_living(handle))) and (
                self._tell(context, handle)
            )
        if not context.is_open(self.client):
            return False
        if self.moment is StopMoment.MID_ECHO:
            context.set_reading(self.client, Reading.LATE)
            if not self._has_written_more_than_arrived(context, handle):
                return False
        if not context.wait(lambda: self._has_read_all(context, handle)):
            return False
        if self.moment is StopMoment.SILENT:
            return self._tell(context, handle)
        with frozen(context, handle, handle.holders(context.endpoint(self.client))) as stopped:
            if not stopped:
                return False
            context.send(self.client, A_LINE)
            came = context.wait(lambda: conditions.has_unread_input(context, self.client))
            return came and self._tell(context, handle)

    def _tell_at_gate(self, context: ServerContext, handle: Handle) -> FaultOutcome | None:
        """Hold the call in which the listener waits, and send the signal; return why it failed."""
        gate = gate_of(context, *self.stopping)
        if isinstance(gate, FaultOutcome):
            return gate
        listeners = context.listeners()
        if not context.wait(lambda: conditions.all_asleep(listeners)):
            return NOT_CALM
        kind = _waits_in(listeners)
        if kind is None:
            return FaultOutcome.impossible("its listener waits for clients in no call that is held")
        armed = gate.arm(Rule(kind, of_processes(listeners), Hold()))
        # Once a client has come the listener waits for the next one.
        context.crowd(1)
        if not await_call(context, gate, lambda: gate.is_held(armed), ()):
            gate.disarm(armed)
            return FaultOutcome.missed("its listener did not wait for the next client")
        is_told = self._tell(context, handle)
        let_go(gate, armed, after_handler=is_about_to_handle(thread_of(armed)))
        return None if is_told else FaultOutcome.missed("the server had ended")

    def _has_written_more_than_arrived(self, context: ServerContext, handle: Handle) -> bool:
        """Send, without reading, until the server's send buffer has to keep some of the echo."""
        for _ in range(PORTIONS):
            context.send(self.client, PORTION)
            if not context.wait(lambda: self._has_read_all(context, handle)):
                return False
            if context.kept_for(self.client) >= PORTION.length // 2:
                return True
        return False

    def _tell(self, context: ServerContext, handle: Handle) -> bool:
        return context.tell_to_stop(self._told(context, handle), self.signal.number)

    def _has_read_all(self, context: ServerContext, handle: Handle) -> bool:
        """Return whether the server sleeps, and has read and written all that it was sent."""
        if context.is_stuck(self.client):
            return False
        found = handle.connection(context.endpoint(self.client))
        holders = handle.holders(context.endpoint(self.client))
        return (
            found is not None
            and found.receive_queue == 0
            and bool(holders)
            and conditions.all_asleep(holders)
            and not any(conditions.calls_of(one) & waits.WRITING for one in holders)
        )

    def __str__(self) -> str:
        return f"send SIG{self.signal.value} to {self.to.value} {self.moment.value}"


def _waits_in(listeners: tuple[Process, ...]) -> Kind | None:
    """Return the kind of the call in which listeners wait for clients, None for another one."""
    calls = frozenset(call for one in listeners for call in conditions.calls_of(one))
    kinds = ((Kind.ACCEPT, waits.ACCEPTING), (Kind.WAIT, waits.MULTIPLEXING))
    return next((kind for kind, names in kinds if calls & names), None)


def _living(handle: Handle) -> tuple[Process, ...]:
    return tuple(process for process in handle.tree() if not process.is_zombie)
