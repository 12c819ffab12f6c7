"""Calls that are held: until another call comes, a child has ended, or a signal has been sent.

A thread for each such rule waits for its calls, and for the event. The gate's thread, which sees
the other call come, waits for nothing.
"""

import signal
import threading
import time

from faults.conditions import has_ended
from faults.gate.calls import SLEEPING, Kind, kind_of
from faults.gate.gate import Gate
from faults.gate.held import is_about_to_handle
from faults.gate.kernel import Call
from faults.gate.rules import Hold, Rule
from properties.gated.caller import CallerLook
from properties.gated.named_calls import NamedCall, call_named
from properties.gated.rules import EXIT, HoldUntil
from properties.gated.selection import Selection
from target import processes
from target.processes import Identity

LOOK_INTERVAL = 0.002
"""Seconds between two looks whether what is waited for has come."""


class OtherCall:
    """Sees the call come that another one is held for; applies to none."""

    def __init__(self, named: NamedCall, gate: Gate) -> None:
        self.named = named
        self.came = threading.Event()
        self.by = ""
        self._callers = CallerLook()
        self._held: Selection | None = None
        gate.arm(Rule(named.kind, self, Hold()))

    def belongs_to(self, held: Selection) -> None:
        """Look for it while a call of this selection is held."""
        self._held = held
        held.is_chosen = self.came.clear

    def __call__(self, call: Call) -> bool:
        """Note a call of another process or thread that comes while the one is held."""
        is_awaited = self._held is not None and self._held.armed.held is not None
        if is_awaited and self.named.includes(call):
            self.by = str(self._callers.at(call.thread) or call.thread)
            self.came.set()
        return False


class Holder:
    """Lets the held calls of one rule go on when their event has come."""

    def __init__(self, selection: Selection, action: HoldUntil, gate: Gate) -> None:
        self._selection = selection
        self._action = action
        self._gate = gate
        self._other: OtherCall | None = None
        self._given_up = ""
        self._ending = False
        self._is_busy = False
        self._thread = threading.Thread(target=self._run, name="gate holder", daemon=True)

    def watch(self, other: OtherCall) -> None:
        """Hold for this call."""
        self._other = other
        other.belongs_to(self._selection)

    def start(self) -> None:
        """Begin to wait for calls that are held."""
        self._thread.start()

    def give_up(self, why: str) -> None:
        """Let all that is held, and what comes to be, go on."""
        self._given_up = why

    def close(self) -> None:
        """End, after the gate is closed or the command has ended."""
        self._ending = True
        self._selection.armed.has_come.set()
        if self._thread.is_alive():
            self._thread.join()

    # The thread.

    def _run(self) -> None:
        armed = self._selection.armed
        while not self._ending:
            armed.has_come.wait()
            held = armed.held
            if held is not None:
                self._is_busy = True
                try:
                    self._hold(held)
                finally:
                    self._is_busy = False

    def settle(self) -> None:
        """Wait until it is recorded what became of a held call whose caller has ended."""
        while self._is_busy and not self._gate.is_held(self._selection.armed):
            time.sleep(LOOK_INTERVAL)

    def _hold(self, held: Call) -> None:
        hit = self._selection.hit_of(held)
        children = hit.children if hit is not None else frozenset()
        sent = self._send(held) if self._action.signal else ""
        reason = self._await(children) if self._action.until else sent
        if hit is not None:
            hit.happened, hit.then = bool(reason), "; ".join(filter(None, (sent, reason)))
            if not reason:
                hit.then = f"went on: {self._why_not()}"
            elif sent == reason:
                hit.then = sent
        self._go_on(held)

    def _send(self, held: Call) -> str:
        number = signal.Signals[self._action.signal]
        hit = self._selection.hit_of(held)
        if hit is None or not processes.send_signal(hit.caller.identity, number):
            return ""
        return f"{number.name} was sent to it"

    def _await(self, children: frozenset[Identity]) -> str:
        """Wait for the event; return it in words, nothing where it did not come."""
        deadline = time.monotonic() + self._action.patience
        armed = self._selection.armed
        while not (self._ending or self._given_up) and time.monotonic() < deadline:
            if event := self._event(children):
                return event
            if not self._gate.is_held(armed):
                return ""
            if self._other is not None:
                self._other.came.wait(LOOK_INTERVAL)
            else:
                time.sleep(LOOK_INTERVAL)
        return ""

    def _event(self, children: frozenset[Identity]) -> str:
        if self._other is not None:
            return f"{self._other.by} called {self._other.named.name}" * self._other.came.is_set()
        ended = next((one for one in children if has_ended(one)), None)
        return f"its child {ended} had ended" if ended is not None else ""

    def _why_not(self) -> str:
        if self._given_up:
            return self._given_up
        if not self._gate.is_held(self._selection.armed):
            return "its process ended"
        if not self._action.until:
            return "the signal could not be sent"
        what = "the end of a child" if self._action.until == EXIT else self._action.until
        return f"{what} did not come in {self._action.patience:g} s"

    def _go_on(self, held: Call) -> None:
        armed = self._selection.armed
        if not (kind_of(held) in SLEEPING and is_about_to_handle(held.thread)):
            self._gate.release(armed)
            return
        # As if the signal had come just before the call: its handler runs, then it is made.
        self._selection.will_come_again(held)
        self._gate.make_again(armed)


def holder_of(selection: Selection, gate: Gate) -> Holder | None:
    """Return what lets the calls of a selection go on, None where its rule holds none."""
    action = selection.rule.action
    return Holder(selection, action, gate) if isinstance(action, HoldUntil) else None


def other_call_of(action: object, gate: Gate) -> OtherCall | None:
    """Return what sees the call come that an action waits for. It is armed before the rule."""
    if isinstance(action, HoldUntil) and action.until and action.until != EXIT:
        return OtherCall(call_named(action.until), gate)
    return None


def kinds_of(action: object) -> frozenset[Kind]:
    """Return which calls must stop besides the one that is held."""
    if isinstance(action, HoldUntil) and action.until and action.until != EXIT:
        return frozenset({call_named(action.until).kind})
    return frozenset()
