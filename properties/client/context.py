"""One client during a workload: what faults and steps do, and what they wait for.

Implements `faults.client_context.ClientContext`. The client is started when it is first needed.
"""

from collections.abc import Callable
from signal import Signals

from faults import conditions
from faults.client_context import OutputFailure, PeerEnd
from faults.payloads import Payload
from properties.client.events import (
    Awaited,
    Delivered,
    DescriptorsLeft,
    Interrupted,
    OutputFailed,
    PeerEnded,
    ProcessesLeft,
    Refused,
    Rested,
    Waited,
)
from properties.client.judged_alone import lost_output
from properties.client.launch import Launch, Launcher
from properties.client.link import Link
from properties.client.listener import Listener
from properties.engine.spinning import RestDetector
from properties.engine.waiting import describe
from properties.model.events import Conclusion, Marked
from properties.model.history import History
from properties.model.settings import Rules
from properties.services.dialogue import requests_of
from target import process_status
from target.client_handle import InputKind
from target.command import Command

AT_REST = (Conclusion.MET, Conclusion.SETTLED, Conclusion.IDLE)

USER = 1
"""The client number of payloads that are typed; those that the server sends have SERVER."""
SERVER = 2


class ClientRunContext(Launcher):
    """The client, the user who types, and the scripted server."""

    def __init__(
        self,
        command: Command,
        listener: Listener,
        rules: Rules,
        history: History,
        launch: Launch | None = None,
    ) -> None:
        super().__init__(command, listener, rules, history, launch or Launch())
        self.link = Link(self._launch, self, history)

    # The client.

    def hold_output(self, *, held: bool) -> None:
        """Read nothing of what the client prints, or read on."""
        self.io_loop.output_held = held

    def look_at_descriptors(self) -> None:
        """Record what the client has left of the descriptors that it shared, if it has ended.

        They are shared no more, so that the client's output can end.
        """
        shared = self.handle.shared if self.handle else None
        if shared is None:
            return
        if self.has_ended():
            changed = ", ".join(shared.changes())
            self.history.add(DescriptorsLeft(self.history.now(), changed))
        shared.close()

    def look_at_processes(self) -> None:
        """Record which processes wait on, where the first one has ended and its input has not."""
        handle = self.handle
        if handle is None or not self.input_open or not conditions.has_ended(handle.root):
            return
        if self.io_loop.wait(handle.is_gone) is Conclusion.SETTLED:
            self.history.add(ProcessesLeft(self.history.now(), describe(handle.look())))

    def fail_output(self, failure: OutputFailure) -> None:
        """Make standard output fail from now on; `FULL` before the client is started."""
        if failure is OutputFailure.FULL:
            self._output_is_full = True
        else:
            self.io_loop.close_output()
        answered = self.io_loop.due_to_user.promised
        self.history.add(OutputFailed(self.history.now(), failure, answered))

    def lost_output(self) -> int:
        """Return how many bytes of echoes the client has read since its output fails."""
        return lost_output(self.history)

    # The server.

    def meet(self) -> bool:
        """Start the client if need be, and accept its connection; return whether it is there."""
        self.start()
        self.io_loop.accepting = True
        if not self.io_loop.connections and self._listener.is_open:
            met = self.io_loop.wait(lambda: bool(self.io_loop.connections) or self.has_ended())
            if met is not Conclusion.MET:
                self.waited(Awaited.CONNECTION, met)
        return bool(self.io_loop.connections)

    def refuse(self) -> None:
        """Listen no more: connections are refused, and those in the accept queue are reset."""
        self.complaints_before = len(self.io_loop.complaints)
        self.history.add(Refused(self.history.now(), self._listener.close()))

    def fill_queue(self) -> bool:
        """Fill the accept queue, so that the next SYN is dropped; return whether it is full."""
        return self._listener.is_open and self._listener.fill()

    def drain_queue(self) -> None:
        """Make room in the accept queue again."""
        self._listener.drain()

    def answer(self, piece: int = 0, withheld: int = 0) -> None:
        """Let the server read and answer what has been typed; returns when it has, or cannot."""
        if not self.meet():
            return
        rest_detector = RestDetector(self.handle) if self.handle else None
        self.read_on(piece, withheld)
        conclusion = self.io_loop.wait(lambda: self._has_answered(rest_detector))
        for one in self.io_loop.connections:
            one.reading = False
        # A client that waits for each echo rightly sends no more while one is withheld.
        is_free = not withheld and not self.is_held() and self.is_here()
        if is_free and not self._has_answered(None):
            self._waited_in_vain(conclusion)

    def read_on(self, piece: int = 0, withheld: int = 0) -> None:
        """Let the server read and answer from now on."""
        for one in self.io_loop.connections:
            one.read_on(piece, withheld)

    def _has_answered(self, rest_detector: RestDetector | None) -> bool:
        """Return whether all is answered. A line without its end may wait in a client at rest."""
        io_loop = self.io_loop
        is_sent = all(one.pending <= 0 for one in io_loop.connections)
        if not is_sent or io_loop.input or io_loop.taken < io_loop.typed_in_lines:
            return not self.is_here() or (self.is_held() and self.nothing_comes())
        if self.unread_by_client() and self.is_here() and not self.is_held():
            return False
        rests = rest_detector is None or io_loop.taken >= io_loop.typed
        return rests or rest_detector is None or self.is_held() or rest_detector.is_over()

    def _waited_in_vain(self, conclusion: Conclusion) -> None:
        pending = sum(max(0, one.pending) for one in self.io_loop.connections)
        unanswered = pending or self.unread_by_client()
        what = Awaited.ECHO if unanswered else Awaited.INPUT
        missing = (
            unanswered or self.io_loop.typed_in_lines + len(self.io_loop.input) - self.io_loop.taken
        )
        self.waited(what, conclusion, missing)

    def waited(self, what: Awaited, conclusion: Conclusion, missing: int = 0) -> None:
        """Record what became of waiting for the client."""
        at = self.history.now()
        self.history.add(Waited(at, what, conclusion, self.io_loop.evidence, missing))

    def swallow(self) -> None:
        """Read what has come, and answer nothing."""
        for one in self.io_loop.connections:
            self.io_loop.note_end(one, one.swallow)

    def end(self, how: PeerEnd, seen: PeerEnd | None = None) -> None:
        """End the server's side of all connections, and record the state before that.

        `seen` is what reaches the client of it, where that is another.
        """
        io_loop = self.io_loop
        self.complaints_before = len(io_loop.complaints)
        ends = [one.client_end() for one in io_loop.connections]
        self.history.add(
            PeerEnded(
                at=self.history.now(),
                how=seen or how,
                owed=max(0, self.asked() - self.echoed()),
                input_open=self.input_open,
                idle=self.is_idle() or (self.is_held() and self.has_nothing_to_send()),
                was_there=any(end is not None and end.inode for end in ends),
                on_its_way=sum(one.unsent() for one in io_loop.connections),
                unsent=self.has_something_unsent(),
            )
        )
        for one in io_loop.connections:
            one.end(how)

    # The user.

    def type(self, payload: Payload) -> None:
        """Give the client input; returns when it has taken it, or cannot."""
        if self.input_open:
            self.start()
            for request in requests_of(self.io_loop.owed.asking, payload, USER):
                self.io_loop.type(b"".join(request.chunks))
            self.io_loop.turn(0)

    def start_from_file(self, payload: Payload) -> None:
        """Start the client with a file for its standard input, if it was not started before."""
        if self.handle is not None:
            return
        self.kind = InputKind.FILE
        for request in requests_of(self.io_loop.owed.asking, payload, USER):
            self.io_loop.type(b"".join(request.chunks))
        self.start()
        self.io_loop.input_was_given(len(self.io_loop.input))

    def end_input(self) -> None:
        """End the client's standard input, after what it has been given."""
        if not self.input_open or self.handle is None:
            return
        self.input_open = False
        self.io_loop.end_input()

    # Waiting.

    def wait(self, condition: Callable[[], bool]) -> bool:
        """Wait until the condition holds or certainly will not; return whether it does."""
        return self.io_loop.wait(condition) is Conclusion.MET

    def await_notice(self) -> None:
        """Where the client was idle, wait until it has noticed the end, and record whether."""
        last = next((e for e in reversed(self.history.events) if isinstance(e, PeerEnded)), None)
        if self.handle is None or not self.input_open or (last is not None and not last.idle):
            return
        conclusion = self.io_loop.wait(self.has_noticed)
        self.waited(Awaited.NOTICE, conclusion)

    def rest(self) -> bool:
        """Wait until the client sleeps and nothing is on its way; return whether it rests."""
        if self.handle is None or self.is_held():
            return True
        rest_detector = RestDetector(self.handle)
        conclusion = self.io_loop.wait(lambda: self.has_ended() or rest_detector.is_over())
        rested = conclusion in AT_REST and not rest_detector.spinning
        if not rested and not self.has_ended():
            is_busy = bool(rest_detector.spinning) or conclusion is Conclusion.BUSY
            spinning = rest_detector.spinning or (self.io_loop.evidence if is_busy else "")
            ended = Conclusion.BUSY if is_busy else conclusion
            self.history.add(Rested(self.history.now(), ended, spinning))
        if rested and self.has_read_all():
            self._record_delivery()
        return rested

    def _record_delivery(self) -> None:
        total = self.io_loop.due_to_user.promised
        if total > max((e.total for e in self.history.of(Delivered)), default=0):
            self.history.add(Delivered(self.history.now(), total))

    def mark(self, what: str, pid: int = 0) -> None:
        """Record what is being done to the client, for the timeline."""
        if self.is_connecting() and _catches(pid, what):
            self.history.add(Interrupted(self.history.now(), pid))
        self.history.add(Marked(self.history.now(), what, pid))

    def clear(self) -> None:
        """End everything that is still there."""
        for one in self.io_loop.connections:
            one.end(PeerEnd.RESET)
        self._listener.close()
        if self.handle is not None:
            self.handle.stop()
        for due in (self.io_loop.due_to_server, self.io_loop.due_to_user):
            due.forget()


def _catches(pid: int, signal: str) -> bool:
    """Return whether a process catches the signal of this name: only then is a call interrupted."""
    masks = process_status.signals_of(pid)
    return masks is not None and signal in Signals.__members__ and Signals[signal] in masks.caught
