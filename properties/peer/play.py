"""One client on its way through a workload: what faults and steps do, and what they wait for.

The implementation of `faults.stage.Stage`. The client is started by the first thing that needs it.
"""

from collections.abc import Callable
from signal import Signals

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
from properties.peer.sight import Sight
from target import client_handle, processes
from target.client_handle import InputKind
from target.command import Command

USER = 1
"""Whose bytes are typed, as payloads tell clients apart; the server's own are those of SERVER."""
SERVER = 2


class Play(Sight):
    """The client, the user who types, and the server that plays with it."""

    def __init__(
        self, command: Command, listening: Listening, rules: Rules, history: History
    ) -> None:
        super().__init__(Pump(listening, rules.patience, rules.oracle, history))
        self.kind = InputKind.PIPE
        self.history = history
        self._command = command
        self._listening = listening

    # The client.

    def start(self) -> None:
        """Start the client, if it was not started before. Raises TargetError."""
        if self.pump.handle is None:
            handle = client_handle.start(self._command, self._listening.endpoint, self.kind)
            self.pump.watch(handle)
            self.history.add(Started(self.history.now(), handle.root.pid, self.kind.value))

    def hold_output(self, *, held: bool) -> None:
        """Read nothing of what the client prints, or read on."""
        self.pump.output_held = held

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
        self.complaints_before = len(self.pump.complaints)
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
        is_free = not withheld and not self.is_held() and self.is_here()
        if is_free and not self._has_answered(None):
            self._waited_in_vain(conclusion)

    def read_on(self, piece: int = 0, withheld: int = 0) -> None:
        """Let the server read and answer from now on."""
        for one in self.pump.connections:
            one.read_on(piece, withheld)

    def _has_answered(self, resting: Resting | None) -> bool:
        """Tell whether all is answered. What is in no line yet may wait in a client at rest."""
        pump = self.pump
        is_sent = all(one.pending <= 0 for one in pump.connections)
        if not is_sent or pump.input or pump.taken < pump.typed_in_lines:
            return not self.is_here() or (self.is_held() and self.nothing_comes())
        if self.unread_by_client() and self.is_here() and not self.is_held():
            return False
        rests = resting is None or pump.taken >= pump.typed
        return rests or resting is None or self.is_held() or resting.is_over()

    def _waited_in_vain(self, conclusion: Conclusion) -> None:
        pending = sum(max(0, one.pending) for one in self.pump.connections)
        unanswered = pending or self.unread_by_client()
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

    def end(self, how: PeerEnd) -> None:
        """End the server's side of all connections, and record how things stood."""
        pump = self.pump
        self.complaints_before = len(pump.complaints)
        ends = [one.client_end() for one in pump.connections]
        self.history.add(
            PeerEnded(
                at=self.history.now(),
                how=how,
                owed=max(0, self.asked() - self.echoed()),
                input_open=self.input_open,
                idle=self.is_idle() or (self.is_held() and self.has_nothing_to_send()),
                was_there=any(end is not None and end.inode for end in ends),
                on_its_way=sum(one.unsent() for one in pump.connections),
            )
        )
        for one in pump.connections:
            one.end(how)

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
        self.input_open = False
        self.pump.end_input()

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
        if self.handle is None or self.is_held():
            return True
        resting = Resting(self.handle)
        conclusion = self.pump.wait(lambda: self.has_ended() or resting.is_over())
        rested = conclusion in (Conclusion.MET, Conclusion.SETTLED) and not resting.spinning
        if not rested and not self.has_ended():
            is_busy = bool(resting.spinning) or conclusion is Conclusion.BUSY
            spinning = resting.spinning or (self.pump.evidence if is_busy else "")
            ended = Conclusion.BUSY if is_busy else conclusion
            self.history.add(Rested(self.history.now(), ended, spinning))
        if rested and self.has_read_all():
            self._record_delivery()
        return rested

    def _record_delivery(self) -> None:
        total = self.pump.due_to_user.promised
        if total > max((e.total for e in self.history.of(Delivered)), default=0):
            self.history.add(Delivered(self.history.now(), total))

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
