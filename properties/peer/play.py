"""One client on its way through a workload: what faults and steps do, and what they wait for.

The implementation of `faults.stage.Stage`. The client is started by the first thing that needs it.
"""

from collections.abc import Callable
from signal import Signals

from faults import moments
from faults.freezing import is_stopped
from faults.payloads import Payload
from faults.stage import PeerEnd
from properties.events import Conclusion, Marked
from properties.execution import Rules
from properties.history import History
from properties.peer.events import (
    Awaited,
    Delivered,
    Interrupted,
    PeerEnded,
    Refused,
    Rested,
    Started,
    Waited,
)
from properties.peer.listening import Listening
from properties.peer.pump import Pump
from properties.peer.resting import Resting
from target import client_handle, processes
from target.client_handle import ClientHandle, InputKind
from target.command import Command
from target.processes import Process
from target.sockets import TcpSocket, TcpState

USER = 1
"""Whose bytes are typed, as payloads tell clients apart; the server's own are those of SERVER."""
SERVER = 2

STILL_SENDING = (TcpState.ESTABLISHED, TcpState.FIN_WAIT1, TcpState.FIN_WAIT2)
"""The states of a client's end that has not seen our FIN."""


class Play:
    """The client, the user who types, and the server that plays with it."""

    def __init__(
        self, command: Command, listening: Listening, rules: Rules, history: History
    ) -> None:
        self.kind = InputKind.PIPE
        self.input_open = True
        self.pump = Pump(listening, rules.patience, rules.oracle, history)
        self.history = history
        self._command = command
        self._listening = listening
        self._complaints_before = 0

    # The client.

    @property
    def handle(self) -> ClientHandle | None:
        """The client's processes, None before it is started."""
        return self.pump.handle

    def start(self) -> None:
        """Start the client, if it was not started before. Raises TargetError."""
        if self.pump.handle is None:
            handle = client_handle.start(self._command, self._listening.endpoint, self.kind)
            self.pump.watch(handle)
            self.history.add(Started(self.history.now(), handle.root.pid, self.kind.value))

    def has_ended(self) -> bool:
        """Tell whether nothing of the client is left: a shell may leave children that go on."""
        handle = self.handle
        return handle is not None and moments.has_ended(handle.root) and handle.is_gone()

    def processes(self) -> tuple[Process, ...]:
        """Return the client's processes that have not ended, the first one first."""
        if self.handle is None:
            return ()
        return tuple(process for process in self.handle.tree() if not process.is_zombie)

    def is_connecting(self) -> bool:
        """Tell whether a connection of the client is being made (SYN_SENT)."""
        ends = self.handle.connections() if self.handle else ()
        return any(end.state is TcpState.SYN_SENT for end in ends)

    def is_open(self) -> bool:
        """Tell whether the client is connected and neither side has ended the connection."""
        if self.pump.connections:
            return any(one.is_open for one in self.pump.connections)
        ends = self.handle.connections() if self.handle else ()
        return any(end.state is TcpState.ESTABLISHED and end.inode for end in ends)

    def is_idle(self) -> bool:
        """Tell whether the client sleeps, has taken what was typed and sent what it will send."""
        found = self.processes()
        return bool(found) and moments.all_asleep(found) and self._has_nothing_to_send()

    def _has_nothing_to_send(self) -> bool:
        held_back = any(end.send_queue for end in self._ends())
        return self.input_open and self.pump.input_is_taken() and not held_back

    def is_stuck(self) -> bool:
        """Tell whether the client sleeps with input that it cannot send."""
        held_back = any(end.send_queue for end in self._ends())
        return (
            held_back and bool(self.pump.input_waiting()) and moments.all_asleep(self.processes())
        )

    def _ends(self) -> tuple[TcpSocket, ...]:
        return self.handle.connections() if self.handle else ()

    def has_noticed(self) -> bool:
        """Tell whether the client has ended, has closed its connections, or has said something."""
        said = len(self.pump.complaints) > self._complaints_before
        return said or self.has_ended() or not self._holds_a_connection()

    def _holds_a_connection(self) -> bool:
        if not self.pump.connections:
            return True
        held = self.handle.descriptors() if self.handle else set()
        return any(f"socket:[{one.client_inode}]" in held for one in self.pump.connections)

    def hold_output(self, *, held: bool) -> None:
        """Read nothing of what the client prints, or read on."""
        self.pump.output_held = held

    def is_output_stuck(self) -> bool:
        """Tell whether the client sleeps with echoes that it cannot print."""
        return bool(self._unread_by_client()) and moments.all_asleep(self.processes())

    # The server.

    def meet(self) -> bool:
        """Start the client if need be, and accept its connection; return whether it is there."""
        self.start()
        self.pump.accepting = True
        if not self.pump.connections and self._listening.is_open:
            met = self.pump.wait(lambda: bool(self.pump.connections) or self.has_ended())
            if met is not Conclusion.MET:
                self.waited(Awaited.CONNECTION, met)
        return bool(self.pump.connections)

    def refuse(self) -> None:
        """Listen no more: connections are refused, and whoever waits to be accepted is reset."""
        self._complaints_before = len(self.pump.complaints)
        self.history.add(Refused(self.history.now(), self._listening.close()))

    def fill_queue(self) -> bool:
        """Fill the accept queue, so that the next SYN is dropped; return whether it is full."""
        return self._listening.is_open and self._listening.fill()

    def drain_queue(self) -> None:
        """Make room in the accept queue again."""
        self._listening.drain()

    def answer(self, piece: int = 0, withheld: int = 0) -> None:
        """Let the server read and answer what has been typed; returns when it has, or cannot."""
        if not self.meet():
            return
        resting = Resting(self.handle) if self.handle else None
        self.read_on(piece, withheld)
        conclusion = self.pump.wait(lambda: self._has_answered(resting))
        for one in self.pump.connections:
            one.reading = False
        # Whoever waits for each echo sends no more while one is withheld, and is right.
        is_free = not withheld and not self._is_held() and self._is_here()
        if is_free and not self._has_answered(None):
            self._waited_in_vain(conclusion)

    def read_on(self, piece: int = 0, withheld: int = 0) -> None:
        """Let the server read and answer from now on."""
        for one in self.pump.connections:
            one.reading, one.piece, one.withheld = True, piece, withheld

    def _has_answered(self, resting: Resting | None) -> bool:
        """Tell whether all is answered. What is in no line yet may wait in a client at rest."""
        pump = self.pump
        is_sent = all(one.pending <= 0 for one in pump.connections)
        if not is_sent or pump.input or pump.taken < pump.typed_in_lines:
            return not self._is_here() or (self._is_held() and self._nothing_comes())
        if self._unread_by_client() and self._is_here() and not self._is_held():
            return False
        rests = resting is None or pump.taken >= pump.typed
        return rests or resting is None or self._is_held() or resting.is_over()

    def _is_here(self) -> bool:
        return not self.has_ended() and any(one.answers for one in self.pump.connections)

    def _is_held(self) -> bool:
        return any(is_stopped(process.identity) for process in self.processes())

    def _unread_by_client(self) -> int:
        return sum(end.receive_queue for end in self._ends())

    def _nothing_comes(self) -> bool:
        return not any(one.unread() for one in self.pump.connections) and not any(
            end.send_queue for end in self._ends()
        )

    def _waited_in_vain(self, conclusion: Conclusion) -> None:
        pending = sum(max(0, one.pending) for one in self.pump.connections)
        unanswered = pending or self._unread_by_client()
        what = Awaited.ECHO if unanswered else Awaited.INPUT
        missing = unanswered or self.pump.typed_in_lines + len(self.pump.input) - self.pump.taken
        self.waited(what, conclusion, missing)

    def waited(self, what: Awaited, conclusion: Conclusion, missing: int = 0) -> None:
        """Record what became of waiting for the client."""
        at = self.history.now()
        self.history.add(Waited(at, what, conclusion, self.pump.evidence, missing))

    def swallow(self) -> None:
        """Read what has come, and answer nothing."""
        for one in self.pump.connections:
            self.pump.note_end(one, one.swallow)

    def unread(self) -> int:
        """Return how many bytes of the client the server has received and not read."""
        return sum(one.unread() for one in self.pump.connections)

    def end(self, how: PeerEnd) -> None:
        """End the server's side of all connections, and record how things stood."""
        pump = self.pump
        self._complaints_before = len(pump.complaints)
        ends = [one.client_end() for one in pump.connections]
        self.history.add(
            PeerEnded(
                at=self.history.now(),
                how=how,
                owed=max(0, self._asked() - self._echoed()),
                input_open=self.input_open,
                idle=self.is_idle() or (self._is_held() and self._has_nothing_to_send()),
                was_there=any(end is not None and end.inode for end in ends),
            )
        )
        for one in pump.connections:
            one.end(how)

    def _asked(self) -> int:
        """Return how many bytes are to be echoed: after its FIN a client asks for no more."""
        has_finished = any(one.finished for one in self.pump.connections if one.taken)
        return self.pump.taken if has_finished else self.pump.typed

    def _echoed(self) -> int:
        """Return how many bytes of what was typed have been echoed."""
        return sum(one.echoed for one in self.pump.connections)

    def owed(self) -> int:
        """Return how many bytes of what was typed have not been echoed."""
        return max(0, self.pump.typed + len(self.pump.input) - self._echoed())

    def has_arrived(self, how: PeerEnd) -> bool:
        """Tell whether the end of the server's side has reached the client's kernel."""
        ends = [one.client_end() for one in self.pump.connections]
        if how in (PeerEnd.RESET, PeerEnd.UNREAD):
            return all(end is None for end in ends) and not self._ends()
        return all(end is None or end.state not in STILL_SENDING for end in ends)

    # The user.

    def type(self, payload: Payload) -> None:
        """Give the client input; returns when it has taken it, or cannot."""
        if self.input_open:
            self.start()
            self.pump.input += payload.data(USER)
            self.pump.turn(0)

    def end_input(self) -> None:
        """End the client's standard input, behind what it has been given."""
        if not self.input_open or self.handle is None:
            return
        self.pump.wait(lambda: not self.pump.input)
        self.input_open = False
        in_a_line = self.pump.typed > self.pump.typed_in_lines
        self.handle.streams.end_input(in_a_line=in_a_line)

    # Waiting.

    def wait(self, condition: Callable[[], bool], what: str) -> bool:
        """Wait until the condition holds or it is certain that it will not; say whether it does."""
        del what
        return self.pump.wait(condition) is Conclusion.MET

    def await_notice(self) -> None:
        """Where the client was idle, wait until it has noticed the end, and record whether."""
        last = next((e for e in reversed(self.history.events) if isinstance(e, PeerEnded)), None)
        if self.handle is None or not self.input_open or (last is not None and not last.idle):
            return
        conclusion = self.pump.wait(self.has_noticed)
        self.waited(Awaited.NOTICE, conclusion)

    def rest(self) -> bool:
        """Wait until the client sleeps and nothing is on its way; return whether it came to it."""
        if self.handle is None or self._is_held():
            return True
        resting = Resting(self.handle)
        conclusion = self.pump.wait(lambda: self.has_ended() or resting.is_over())
        rested = conclusion in (Conclusion.MET, Conclusion.SETTLED) and not resting.spinning
        if not rested and not self.has_ended():
            ended = Conclusion.BUSY if resting.spinning else conclusion
            self.history.add(Rested(self.history.now(), ended, resting.spinning))
        if rested and self._has_read_all():
            self._record_delivery()
        return rested

    def _record_delivery(self) -> None:
        total = self.pump.due_to_user.promised
        if total > max((e.total for e in self.history.of(Delivered)), default=0):
            self.history.add(Delivered(self.history.now(), total))

    def _has_read_all(self) -> bool:
        ends = [one.client_end() for one in self.pump.connections]
        on_its_way = any(one.unsent() for one in self.pump.connections)
        is_read = all(end is not None and not end.receive_queue for end in ends)
        return bool(ends) and is_read and not on_its_way

    def mark(self, what: str, pid: int = 0) -> None:
        """Record what is being done to the client, for the timeline."""
        if self.is_connecting() and _catches(pid, what):
            self.history.add(Interrupted(self.history.now(), pid))
        self.history.add(Marked(self.history.now(), what, pid))

    def clear(self) -> None:
        """End everything that is still there."""
        for one in self.pump.connections:
            one.end(PeerEnd.RESET)
        self._listening.close()
        if self.handle is not None:
            self.handle.stop()


def _catches(pid: int, signal: str) -> bool:
    """Tell whether a process catches the signal of this name: only then a call is interrupted."""
    masks = processes.signals_of(pid)
    return masks is not None and signal in Signals.__members__ and Signals[signal] in masks.caught
