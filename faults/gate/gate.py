"""The gate itself: it lets calls through, and applies rules to chosen ones.

One thread per target reads the notifications. A call that no rule is about goes on at once. Rules
are matched in that thread, when a call comes; what is done while a call is held is done by the
thread that armed the rule. When a target is killed while a call of it is held, the notification is
gone too (ENOENT). When the tester dies, the kernel closes the descriptor, the calls fail with
ENOSYS, and the keeper ends the target anyway.
"""

import contextlib
import errno
import os
import select
import signal
import threading
from collections import Counter
from collections.abc import Set as AbstractSet

from faults.gate import kernel
from faults.gate.calls import Kind, conditions_of_asking, kind_of, name_of, numbers_of
from faults.gate.handlers import Handlers
from faults.gate.kernel import Call
from faults.gate.queue import Queue
from faults.gate.rules import ArmedRule, Errno, Hold, LoseConnection, Rule, Shorten
from faults.gate.substitutes import Substitutes, note
from faults.gate.witness import Witness

WITNESSED = frozenset({Kind.SET_TIMER, Kind.ASK_FOR_SIGNALS})
"""The kinds that come for the witness, whatever others do."""

SIGNAL_LOOK = 5
"""Milliseconds between two looks for signals, while a call waits to be made in its place."""


class Gate:
    """The gate of one target, for calls of these kinds, and those that the witness is to see.

    `is_foreign`: what comes to the target at which moment is not in our hands. A signal with a
    handler then ends a call that waits here to be made in the target's place, as it would in the
    kernel, and notifications are read at once where that may be: a signal that comes before makes
    even fork() fail with EINTR.
    """

    def __init__(self, kinds: frozenset[Kind], *, is_foreign: bool = False) -> None:
        self.kinds = kinds
        self._is_foreign = is_foreign
        held = (kinds | WITNESSED) - {Kind.ASK_FOR_SIGNALS}
        self.program = kernel.program(numbers_of(held), conditions_of_asking())
        self.handlers = Handlers()
        self.witness = Witness()
        self.failure = ""
        """Why the gate stopped working, in words, the first reason; empty while it works."""
        self._counted: Counter[int] = Counter()
        self._rules: list[ArmedRule] = []
        self._queue: Queue | None = None
        self._lock = threading.Lock()
        self._substitutes = Substitutes(self._finish)
        self._received = 0
        self._busy = False
        self._wakeups = self._wakeups_seen = 0
        self._ending = False
        self._listener = -1
        self._thread: threading.Thread | None = None
        self._wakeup_write, self._wakeup_read = -1, -1

    # Opening and closing.

    def open(self, listener: int) -> None:
        """Let calls through from now on; `listener` is where they are read, and becomes ours."""
        kernel.wake_at_once(listener)
        self._listener = listener
        self._wakeup_read, self._wakeup_write = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop. What the target calls from now on fails with ENOSYS: stop the target first."""
        if self._thread is not None:
            self._ending = True
            self._wake()
            self._thread.join()
            self._thread = None
            os.close(self._wakeup_write)

    def passages(self) -> int | None:
        """Return how many calls have come so far, None while one is on its way through.

        A call that is held by a rule is not on its way: only the holder moves it.
        """
        received = self._received
        if self._thread is None or not self._thread.is_alive():
            return received
        moves = self._busy or self._wakeups != self._wakeups_seen or self._is_next_there()
        # Checked again: the thread may have read it between the two checks.
        return None if moves or self._busy or received != self._received else received

    def _is_next_there(self) -> bool:
        """Return whether a call, or what a call of ours waits for, has come unseen."""
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        self._substitutes.watch(poll)
        return any(events & ~select.POLLHUP for _, events in poll.poll(0))

    def _wake(self) -> None:
        """Wake the thread to look at what has changed."""
        self._wakeups += 1
        with contextlib.suppress(BrokenPipeError):
            os.write(self._wakeup_write, b".")

    @property
    def counts(self) -> dict[Kind, int]:
        """How many calls of each kind have come."""
        return {
            kind: sum(self._counted[number] for number in numbers_of({kind})) for kind in self.kinds
        }

    @property
    def repeats(self) -> bool:
        """Whether a call is made again and again because a rule is applied to it each time."""
        with self._lock:
            return any(rule.is_repeated for rule in self._rules)

    # Rules.

    def arm(self, rule: Rule) -> ArmedRule:
        """Apply a rule until it is disarmed. Rules are tried in the order they were armed."""
        armed = ArmedRule(rule)
        with self._lock:
            self._rules.append(armed)
        return armed

    def is_held(self, armed: ArmedRule) -> bool:
        """Return whether a call is held by this rule, and its caller still waits."""
        return any(kernel.is_there(self._listener, one) for one in tuple(armed.waiting))

    def holds(self, pids: AbstractSet[int]) -> bool:
        """Return whether a call of one of these processes is held, and its caller still waits."""
        with self._lock:
            held = [rule for rule in self._rules if self.is_held(rule)]
            threads = [call.thread for rule in held for call in rule.waiting]
        return any(kernel.process_of(thread) in pids for thread in threads)

    def release(self, armed: ArmedRule) -> bool:
        """Let the first held call go on; return whether there was a caller that still waited."""
        return self._end_first(armed, None)

    def fail(self, armed: ArmedRule, number: int) -> bool:
        """Let the first held call fail; return whether there was a caller that still waited."""
        return self._end_first(armed, -number)

    def _end_first(self, armed: ArmedRule, value: int | None) -> bool:
        while (held := self._take_first(armed)) is not None:
            if self._finish(held, value):
                return True
        return False

    def _take_first(self, armed: ArmedRule) -> Call | None:
        with self._lock:
            return armed.take_first()

    def make_again(self, armed: ArmedRule) -> bool:
        """Let the caller handle its pending signals, and then make the first held call once more.

        There must be such a signal, with a handler and not blocked: without one the caller sees
        ERESTARTNOINTR, which is the kernel's own. Return whether the caller was still there.
        """
        return self.fail(armed, kernel.RESTART_NO_INTERRUPT)

    def disarm(self, *these: ArmedRule) -> None:
        """Disarm these rules, or all, and let the calls that they hold go on. Idempotent."""
        with self._lock:
            taken = [rule for rule in self._rules if rule in these or not these]
            self._rules = [rule for rule in self._rules if rule not in taken]
        for rule in taken:
            while self.release(rule):
                pass
        if taken and self._thread is not None:
            self._wake()

    # All calls of some kinds.

    def open_queue(self, kinds: frozenset[Kind]) -> Queue:
        """Hold every call of these kinds from now on, until the queue is closed."""
        self._queue = Queue(kinds, self._listener)
        return self._queue

    # The thread.

    def _run(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        if self._is_foreign:
            kernel.come_first()
        try:
            self._read_all()
        except Exception as error:
            # Whatever it was: the calls that are held now fail, which is not the target's doing.
            self.failure = self.failure or f"the gate broke: {error!r}"
        finally:
            self._substitutes.close()
            os.close(self._listener)
            os.close(self._wakeup_read)

    def _read_all(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._wakeup_read, select.POLLIN)
        while not self._ending:
            looks = self._is_foreign and self._substitutes.wait
            if looks:
                self._substitutes.let_signals_in(poll)
            for descriptor, events in poll.poll(SIGNAL_LOOK if looks else None):
                if descriptor == self._wakeup_read:
                    self._release_disarmed(poll)
                elif descriptor != self._listener:
                    self._retry(descriptor, poll)
                elif events & select.POLLIN:
                    self._handle_next(poll)
                else:
                    # No process is left that could make a call.
                    poll.unregister(self._listener)

    def _handle_next(self, poll: select.poll) -> None:
        self._busy = True
        try:
            call = kernel.receive(self._listener)
            if call is not None:
                self._received += 1
                self._handle_safely(call, poll)
        finally:
            self._busy = False

    def _handle_safely(self, call: Call, poll: select.poll) -> None:
        try:
            self._handle(call, poll)
        except Exception as error:
            self.failure = self.failure or f"the gate could not handle {name_of(call)}: {error!r}"
            kernel.let_go_on(self._listener, call)

    def _handle(self, call: Call, poll: select.poll) -> None:
        self._counted[call.number] += 1
        kind = kind_of(call)
        if kind is Kind.HANDLE_SIGNAL:
            self.handlers.note(call)
        elif kind in WITNESSED:
            self.witness.note(call)
        if self._queue is not None and self._queue.takes(call):
            return
        armed = self._rule_for(call) if self._rules else None
        if armed is None:
            kernel.let_go_on(self._listener, call)
            return
        match armed.rule.action:
            case Errno(number, severs):
                if severs:
                    kernel.sever(call)
                if severs and number == errno.EPIPE:
                    kernel.let_go_on(self._listener, call)
                else:
                    kernel.answer(self._listener, call, -number)
            case Hold():
                return
            case Shorten() | LoseConnection():
                self._substitutes.begin(armed, call, poll)

    def _rule_for(self, call: Call) -> ArmedRule | None:
        with self._lock:
            armed = next((rule for rule in self._rules if rule.wants(call)), None)
            # While the lock is held: a thread that disarms must know what was done.
            if armed is not None and not isinstance(armed.rule.action, Shorten | LoseConnection):
                note(armed, call)
            if armed is not None and isinstance(armed.rule.action, Hold):
                armed.hold(call)
            return armed

    def _finish(self, call: Call, value: int | None) -> bool:
        if value is None:
            return kernel.let_go_on(self._listener, call)
        return kernel.answer(self._listener, call, value)

    def _retry(self, descriptor: int, poll: select.poll) -> None:
        self._busy = True
        try:
            self._substitutes.retry(descriptor, poll)
        except Exception as error:
            self.failure = self.failure or f"the gate could not make a call: {error!r}"
            self._substitutes.leave(descriptor, poll)
        finally:
            self._busy = False

    def _release_disarmed(self, poll: select.poll) -> None:
        """Leave to the kernel the calls whose rules were disarmed."""
        self._busy = True
        seen = len(os.read(self._wakeup_read, 4096))
        with self._lock:
            rules = list(self._rules)
        self._substitutes.give_back(rules, poll)
        self._wakeups_seen += seen
        self._busy = False
