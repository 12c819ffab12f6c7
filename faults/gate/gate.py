"""The gate itself: lets calls through, and does to a chosen one what was asked for.

One thread a target reads the notifications. A call that no rule is about goes on at once. What a
rule is about is asked when a call comes, in that thread; what is done meanwhile is done by whoever
armed the rule. A target that is killed while a call of it is held takes its notification with it
(ENOENT). Where the tester dies, the kernel closes the descriptor and the calls go on with ENOSYS,
and the keeper ends the target anyway.
"""

import contextlib
import errno
import os
import select
import signal
import threading
import time
from collections import Counter

from faults.gate import kernel
from faults.gate.calls import Kind, name_of, numbers_of
from faults.gate.handlers import Handlers
from faults.gate.kernel import Call
from faults.gate.rules import Armed, Errno, Hold, Rule, Shorten, Treated
from faults.gate.shorten import Shortened, must_be_left_alone, shortened

_OF_HANDLERS = numbers_of({Kind.HANDLE_SIGNAL})


class Gate:
    """The gate of one target, for calls of these kinds."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        self.kinds = kinds
        self.program = kernel.program(numbers_of(kinds))
        self.handlers = Handlers()
        self.failure = ""
        """Why the gate stopped working, in words; empty while it works."""
        self._counted: Counter[int] = Counter()
        self._rules: list[Armed] = []
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Armed, Shortened, int]] = {}
        self._came = 0
        self._busy = False
        self._asked = self._answered = 0
        self._ending = False
        self._listener = -1
        self._thread: threading.Thread | None = None
        self._bell, self._bell_of_thread = -1, -1

    # The life of it.

    def open(self, listener: int) -> None:
        """Let calls through from now on; `listener` is where they are read, and becomes ours."""
        kernel.wake_at_once(listener)
        self._listener = listener
        self._bell_of_thread, self._bell = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._attend, name="gate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop. What the target calls from now on fails with ENOSYS: stop the target first."""
        if self._thread is not None:
            self._ending = True
            self._ring()
            self._thread.join()
            self._thread = None
            os.close(self._bell)

    def passages(self) -> int | None:
        """Return how many calls have come so far, None while one is on its way through.

        A call that is held by a rule is not on its way: nothing moves it but whoever holds it.
        """
        came = self._came
        if self._thread is None or not self._thread.is_alive():
            return came
        moves = self._busy or self._asked != self._answered or self._is_next_there()
        # Asked again: the thread may have read it between the two questions.
        return None if moves or self._busy or came != self._came else came

    def _is_next_there(self) -> bool:
        """Tell whether a call, or what a call of ours waits for, has come and was not seen yet."""
        look = select.poll()
        look.register(self._listener, select.POLLIN)
        for descriptor, (_, shorter, process) in list(self._waiting.items()):
            look.register(descriptor, select.POLLIN if descriptor == process else shorter.events)
        return any(events & ~select.POLLHUP for _, events in look.poll(0))

    def _ring(self) -> None:
        """Have the thread look at what has changed."""
        self._asked += 1
        with contextlib.suppress(BrokenPipeError):
            os.write(self._bell, b".")

    @property
    def counts(self) -> dict[Kind, int]:
        """How many calls of each kind have come."""
        return {
            kind: sum(self._counted[number] for number in numbers_of({kind})) for kind in self.kinds
        }

    # Rules.

    def arm(self, rule: Rule) -> Armed:
        """Let a rule be at work until it is disarmed. Rules are asked in the order they came."""
        armed = Armed(rule)
        with self._lock:
            self._rules.append(armed)
        return armed

    def is_held(self, armed: Armed) -> bool:
        """Tell whether a call is held by this rule, and its caller still waits."""
        return armed.held is not None and kernel.is_there(self._listener, armed.held)

    def release(self, armed: Armed) -> bool:
        """Let the held call go on; return whether its caller was still there."""
        held, armed.held = armed.held, None
        return held is not None and kernel.let_go_on(self._listener, held)

    def fail(self, armed: Armed, number: int) -> bool:
        """Answer an error to the held call; return whether its caller was still there."""
        held, armed.held = armed.held, None
        return held is not None and kernel.answer(self._listener, held, -number)

    def disarm(self, *these: Armed) -> None:
        """Take these rules away, or all, and let what they hold go on. Twice is harmless."""
        with self._lock:
            taken = [rule for rule in self._rules if rule in these or not these]
            self._rules = [rule for rule in self._rules if rule not in taken]
        for rule in taken:
            self.release(rule)
        if taken and self._thread is not None:
            self._ring()

    # The thread.

    def _attend(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._bell_of_thread, select.POLLIN)
        try:
            while not self._ending:
                for descriptor, events in poll.poll():
                    if descriptor == self._bell_of_thread:
                        self._give_back(poll)
                    elif descriptor != self._listener:
                        self._go_on_with(descriptor, poll)
                    elif events & select.POLLIN:
                        self._take_one(poll)
                    else:
                        # Nobody is left who could make a call.
                        poll.unregister(self._listener)
        except OSError as error:
            self.failure = f"the gate broke: {error}"
        finally:
            self._shut()

    def _shut(self) -> None:
        for descriptor, (_, shorter, process) in self._waiting.items():
            if descriptor == process:
                shorter.copy.close()
                os.close(process)
        os.close(self._listener)
        os.close(self._bell_of_thread)

    def _take_one(self, poll: select.poll) -> None:
        self._busy = True
        try:
            call = kernel.receive(self._listener)
            if call is not None:
                self._came += 1
                self._treat_safely(call, poll)
        finally:
            self._busy = False

    def _treat_safely(self, call: Call, poll: select.poll) -> None:
        try:
            self._treat(call, poll)
        except Exception as error:
            self.failure = f"the gate could not treat {name_of(call)}: {error}"
            kernel.let_go_on(self._listener, call)

    def _treat(self, call: Call, poll: select.poll) -> None:
        self._counted[call.number] += 1
        if call.number in _OF_HANDLERS:
            self.handlers.note(call)
        armed = self._meant(call) if self._rules else None
        if armed is None:
            kernel.let_go_on(self._listener, call)
            return
        match armed.rule.deed:
            case Errno(number, severs):
                if severs:
                    kernel.sever(call)
                if severs and number == errno.EPIPE:
                    kernel.let_go_on(self._listener, call)
                else:
                    kernel.answer(self._listener, call, -number)
            case Hold():
                return
            case Shorten(length):
                self._shorten(armed, call, length, poll)

    def _meant(self, call: Call) -> Armed | None:
        with self._lock:
            armed = next((rule for rule in self._rules if rule.wants(call)), None)
            # While the lock is held: whoever disarms must know what was done.
            if armed is not None and not isinstance(armed.rule.deed, Shorten):
                _note(armed, call)
            if armed is not None and isinstance(armed.rule.deed, Hold):
                armed.held = call
            return armed

    # Calls that are made in the target's place.

    def _shorten(self, armed: Armed, call: Call, length: int, poll: select.poll) -> None:
        shorter = shortened(call, length)
        if shorter is None:
            kernel.let_go_on(self._listener, call)
            return
        if must_be_left_alone(shorter):
            armed.spared += 1
            self._finish(shorter, None)
            return
        try:
            value = shorter.make()
            if value is not None:
                _note(armed, call)
            self._finish(shorter, value)
        except BlockingIOError as error:
            if shorter.must_not_wait():
                self._finish(shorter, -(error.errno or errno.EAGAIN))
            else:
                self._wait_for(armed, shorter, poll)

    def _finish(self, shorter: Shortened, value: int | None) -> None:
        shorter.copy.close()
        if value is None:
            kernel.let_go_on(self._listener, shorter.call)
        else:
            kernel.answer(self._listener, shorter.call, value)

    def _wait_for(self, armed: Armed, shorter: Shortened, poll: select.poll) -> None:
        """Make the call when it can be. Our copy must not keep a dead caller's connection open."""
        try:
            process = os.pidfd_open(kernel.process_of(shorter.call.thread) or 0)
        except OSError:
            self._finish(shorter, None)
            return
        waiting = (armed, shorter, process)
        self._waiting[shorter.copy.fileno()] = self._waiting[process] = waiting
        poll.register(shorter.copy, shorter.events)
        poll.register(process, select.POLLIN)

    def _go_on_with(self, descriptor: int, poll: select.poll) -> None:
        self._busy = True
        try:
            if descriptor not in self._waiting:
                # The caller ended while its connection did.
                return
            armed, shorter, process = self._waiting[descriptor]
            try:
                value = shorter.make() if descriptor != process else None
            except BlockingIOError:
                return
            if value is not None:
                _note(armed, shorter.call)
            self._take_out(descriptor, poll)
            self._finish(shorter, value)
        finally:
            self._busy = False

    def _take_out(self, descriptor: int, poll: select.poll) -> Shortened:
        _, shorter, process = self._waiting[descriptor]
        for watched in (shorter.copy.fileno(), process):
            poll.unregister(watched)
            del self._waiting[watched]
        os.close(process)
        return shorter

    def _give_back(self, poll: select.poll) -> None:
        """Leave to the kernel the calls whose rules have been taken away."""
        self._busy = True
        rung = len(os.read(self._bell_of_thread, 4096))
        with self._lock:
            rules = list(self._rules)
        for descriptor, (armed, _, _) in list(self._waiting.items()):
            if descriptor in self._waiting and armed not in rules:
                self._finish(self._take_out(descriptor, poll), None)
        self._answered += rung
        self._busy = False


def _note(armed: Armed, call: Call) -> None:
    armed.treated.append(Treated(time.monotonic(), call.thread, name_of(call)))
