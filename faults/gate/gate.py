"""The gate itself: lets calls through, and does to a chosen one what was asked for.

One thread a target reads the notifications. A call that no rule is about goes on at once. What a
rule is about is asked when a call comes, in that thread; what is done meanwhile is done by whoever
armed the rule. A target that is killed while a call of it is held takes its notification with it
(ENOENT). Where the tester dies, the kernel closes the descriptor and the calls go on with ENOSYS,
and the keeper ends the target anyway.
"""

import errno
import os
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from faults.gate import kernel
from faults.gate.calls import Kind, kind_of, name_of, numbers_of
from faults.gate.handlers import Handlers
from faults.gate.kernel import Call
from faults.gate.shorten import Shortened, shortened


@dataclass(frozen=True)
class Errno:
    """Answer an error in the place of the kernel, which never sees the call."""

    number: int

    def __str__(self) -> str:
        return os.strerror(self.number)


@dataclass(frozen=True)
class Shorten:
    """Let a read or a write move at most `length` bytes."""

    length: int


@dataclass(frozen=True)
class Hold:
    """Keep the call waiting until the rule is released."""


@dataclass(frozen=True)
class Rule:
    """Which calls, and what becomes of them: from the `nth` that matches, so many `times`."""

    kind: Kind
    matches: Callable[[Call], bool]
    deed: Errno | Shorten | Hold
    nth: int = 1
    times: int = 1


@dataclass(frozen=True)
class Treated:
    """A call to which a rule did something, when (monotonic clock) and by whom it was made."""

    at: float
    thread: int
    name: str


@dataclass
class Armed:
    """A rule at work: how many calls it has met, and to which it did something."""

    rule: Rule
    seen: int = 0
    treated: list[Treated] = field(default_factory=list)
    held: Call | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has done all that it was to do."""
        return len(self.treated) >= self.rule.times

    def wants(self, call: Call) -> bool:
        """Count a call; tell whether something is to be done to it."""
        if self.is_done or kind_of(call) is not self.rule.kind or not self.rule.matches(call):
            return False
        self.seen += 1
        return self.seen >= self.rule.nth


class Gate:
    """The gate of one target, for calls of these kinds."""

    def __init__(self, kinds: frozenset[Kind]) -> None:
        self.kinds = kinds
        self.program = kernel.program(numbers_of(kinds))
        self.handlers = Handlers()
        self.failure = ""
        """Why the gate stopped working, in words; empty while it works."""
        self.counts = dict.fromkeys(kinds, 0)
        """How many calls of each kind have come."""
        self._rules: list[Armed] = []
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Armed, Shortened, int]] = {}
        self._came = 0
        self._busy = False
        self._listener = -1
        self._thread: threading.Thread | None = None
        self._end, self._end_of_thread = -1, -1

    # The life of it.

    def open(self, listener: int) -> None:
        """Let calls through from now on; `listener` is where they are read, and becomes ours."""
        kernel.wake_at_once(listener)
        self._listener = listener
        self._end_of_thread, self._end = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._attend, name="gate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop. What the target calls from now on fails with ENOSYS: stop the target first."""
        if self._thread is not None:
            os.close(self._end)
            self._thread.join()
            self._thread = None

    def passages(self) -> int | None:
        """Return how many calls have come so far, None while one is on its way through.

        A call that is held by a rule is not on its way: nothing moves it but whoever holds it.
        """
        came = self._came
        if self._thread is None or self._busy or self._is_next_there() or came != self._came:
            return None if self._thread is not None else came
        return came

    def _is_next_there(self) -> bool:
        look = select.poll()
        look.register(self._listener, select.POLLIN)
        return any(events & select.POLLIN for _, events in look.poll(0))

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

    def disarm(self, *these: Armed) -> None:
        """Take these rules away, or all, and let what they hold go on. Twice is harmless."""
        with self._lock:
            taken = [rule for rule in self._rules if rule in these or not these]
            self._rules = [rule for rule in self._rules if rule not in taken]
        for rule in taken:
            self.release(rule)

    # The thread.

    def _attend(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._end_of_thread, select.POLLIN)
        try:
            while True:
                for descriptor, events in poll.poll():
                    if descriptor == self._end_of_thread:
                        return
                    if descriptor != self._listener:
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
        os.close(self._end_of_thread)

    def _take_one(self, poll: select.poll) -> None:
        self._busy = True
        try:
            call = kernel.receive(self._listener)
            if call is not None:
                self._came += 1
                self._treat(call, poll)
        finally:
            self._busy = False

    def _treat(self, call: Call, poll: select.poll) -> None:
        kind = kind_of(call)
        if kind is not None:
            self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind is Kind.HANDLE_SIGNAL:
            self.handlers.note(call)
        armed = self._meant(call) if self._rules else None
        if armed is None:
            kernel.let_go_on(self._listener, call)
            return
        match armed.rule.deed:
            case Errno(number):
                _note(armed, call)
                kernel.answer(self._listener, call, -number)
            case Hold():
                # In this order: whoever sees that it is held may release it at once.
                armed.held = call
                _note(armed, call)
            case Shorten(length):
                self._shorten(armed, call, length, poll)

    def _meant(self, call: Call) -> Armed | None:
        with self._lock:
            return next((armed for armed in self._rules if armed.wants(call)), None)

    # Calls that are made in the target's place.

    def _shorten(self, armed: Armed, call: Call, length: int, poll: select.poll) -> None:
        shorter = shortened(call, length)
        if shorter is None:
            kernel.let_go_on(self._listener, call)
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
            process = os.pidfd_open(kernel.process_of(shorter.call.thread))
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
            armed, shorter, process = self._waiting[descriptor]
            try:
                value = shorter.make() if descriptor != process else None
            except BlockingIOError:
                return
            if value is not None:
                _note(armed, shorter.call)
            for watched in (shorter.copy.fileno(), process):
                poll.unregister(watched)
                del self._waiting[watched]
            os.close(process)
            self._finish(shorter, value)
        finally:
            self._busy = False


def _note(armed: Armed, call: Call) -> None:
    armed.treated.append(Treated(time.monotonic(), call.thread, name_of(call)))
