"""Which calls a rule meets: it counts them, and keeps what is said of those it was applied to.

The gate asks in its own thread, while the call is held; the report is asked for in another one.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from faults.gate.callers import Interruptible
from faults.gate.calls import Kind, name_of
from faults.gate.gate import Gate
from faults.gate.kernel import Call
from faults.gate.lawful_errors import About
from faults.gate.rules import ArmedRule, Hold, Rule
from faults.harmless_signals import BY_CONVENTION
from properties.gated import lawful
from properties.gated.caller import Caller, CallerLook, Watched
from properties.gated.description import described
from properties.gated.rules import ALWAYS, EXIT, Fail, GateRule, HoldUntil, Short
from properties.gated.socket_look import (
    SocketLook,
    destination_of,
    finds_nothing,
    never_blocks,
)
from target.descendants import children_of
from target.held import Ending
from target.process_status import signals_of
from target.processes import Identity, look_at

MOST_TOLD = 100
"""Calls that are told one by one, of those that a rule was applied to."""

MAY_BE_INTERRUPTED = lawful.INTERRUPTIBLE | {Kind.REAP, Kind.LOCK, Kind.CONNECT}
"""Kinds that signals interrupt anyway (signal(7))."""

COMING_BY_THEMSELVES = (signal.SIGCHLD, signal.SIGALRM)
"""Signals that come at any moment, whatever the tests do."""


@dataclass
class GateHit:
    """A call that a rule was applied to.

    `at` is seconds after the start of the command, `what` the call in words. `happened` is False
    for a call that was held for something that did not come. `then` says what came of a hold,
    `children` are those that lived when the call came, where the end of one is waited for.
    """

    at: float
    caller: Caller
    what: str
    watched: Watched
    happened: bool = True
    then: str = ""
    seen_before: int = 0
    children: frozenset[Identity] = frozenset()

    @property
    def ending(self) -> Ending | None:
        """How its process has ended, None where it runs or that is not known."""
        return self.watched.ending


class Selection:
    """The calls that one rule is about, armed at a gate."""

    def __init__(self, rule: GateRule, gate: Gate, sockets: SocketLook) -> None:
        self.rule = rule
        self.hits: list[GateHit] = []
        self.seen: Counter[Caller] = Counter()
        """How many calls the rule was about, by their process."""
        self.is_chosen: Callable[[], None] = lambda: None
        """Is called for each call that the rule is about to be applied to, before it is."""
        self.exposed: dict[Identity, str] = {}
        """Processes that may have seen EINTR where Linux alone never gives it, and the signal."""
        self.others: Counter[str] = Counter()
        """How many such calls programs of other names have made."""
        self.impossible: Counter[str] = Counter()
        """How many such calls there were to which it could not happen, by program."""
        self._sockets = sockets
        self._callers = CallerLook()
        self._interruptible = Interruptible(gate, lambda _: True, BY_CONVENTION)
        self._since = time.monotonic()
        self._lock = threading.RLock()
        self._chosen: dict[int, tuple[int, GateHit]] = {}
        self._watched: dict[Identity, Watched] = {}
        self._counts: Counter[Identity] = Counter()
        self._applied: Counter[Identity] = Counter()
        self._collected = 0
        self._made_again: set[tuple[int, int, tuple[int, ...]]] = set()
        self._over: set[str] = set()
        self._children: frozenset[Identity] = frozenset()
        """Those of the process whose call is being looked at, where their end is waited for."""
        self._due = 0
        """The call that the rule is to be applied to, by the id of its notification."""
        # One that only counts, also when the other one is done.
        gate.arm(Rule(rule.named.kind, self, Hold()))
        times = ALWAYS if rule.per_process else rule.times
        self.armed: ArmedRule = gate.arm(
            Rule(rule.named.kind, lambda call: call.id == self._due, rule.at_gate, 1, times)
        )

    @property
    def applied(self) -> int:
        """To how many calls the rule was applied."""
        return self.armed.applied

    @property
    def happened(self) -> bool:
        """Whether what the rule says has happened at least once."""
        self.collect()
        return any(hit.happened for hit in self.hits)

    # In the gate's thread.

    def __call__(self, call: Call) -> bool:
        """Count a call, and decide whether the rule is to be applied to it; apply nothing here."""
        if self._counts_and_is_due(call):
            self._due = call.id
        return False

    def _counts_and_is_due(self, call: Call) -> bool:
        if not self.rule.named.includes(call) or self._is_made_again(call):
            return False
        caller = self._callers.at(call.thread)
        if caller is None or not self._is_meant(call, caller):
            return False
        with self._lock:
            self.collect()
            if caller not in self.seen and (name := self._exposed_to(call)):
                self.exposed[caller.identity] = name
            self.seen[caller] += 1
            self._counts[caller.identity] += 1
            return self._is_due(caller) and self._choose(call, caller)

    def _is_meant(self, call: Call, caller: Caller) -> bool:
        rule = self.rule
        if rule.program and not caller.is_of(rule.program):
            self.others[caller.name] += 1
            return False
        if rule.port and not self._has_port(call):
            return False
        may_be_hit = self._may_be_hit(call)
        self.impossible[caller.name] += not may_be_hit
        return may_be_hit

    def _is_made_again(self, call: Call) -> bool:
        key = (call.thread, call.number, call.arguments)
        if key not in self._made_again:
            return False
        self._made_again.discard(key)
        return True

    def _has_port(self, call: Call) -> bool:
        if self.rule.call == "connect":
            where = destination_of(call)
            return where is not None and where.port == self.rule.port
        seen = self._sockets.at(call)
        return seen is not None and seen.has_port(self.rule.port)

    def _may_be_hit(self, call: Call) -> bool:
        match self.rule.action:
            case Fail(error, unlawful):
                return unlawful or self._may_fail(call, error)
            case Short():
                return self._sockets.about(call) is About.CONNECTION
            case HoldUntil(until):
                self._children = live_children(call.thread) if until == EXIT else frozenset()
                return until != EXIT or bool(self._children)

    def _may_fail(self, call: Call, error: str) -> bool:
        if error == lawful.EINTR:
            return self._interruptible(call)
        if self.rule.call == "connect":
            at_once = error not in lawful.AFTER_A_WAIT
            return destination_of(call) is not None and (at_once or not never_blocks(call))
        if self.rule.call == "accept" and finds_nothing(call):
            return False
        if self._is_over(call):
            return False
        about = self._sockets.about(call)
        return lawful.may_report(self.rule.named, name_of(call), about, error)

    def _is_over(self, call: Call) -> bool:
        """Return whether the connection was ended by this rule: that is reported once."""
        return bool(self._over) and _name(call) in self._over

    def _exposed_to(self, call: Call) -> str:
        """Return a signal that may end a call which no signal ends but at a gate; else nothing."""
        masks = None if self.rule.named.kind in MAY_BE_INTERRUPTED else signals_of(call.thread)
        caught = masks.caught if masks else ()
        return next((one.name for one in COMING_BY_THEMSELVES if one in caught), "")

    def _is_due(self, caller: Caller) -> bool:
        if isinstance(self.rule.action, HoldUntil) and self.armed.held is not None:
            return False
        if not self.rule.per_process:
            return self.seen.total() >= self.rule.nth and not self.armed.is_done
        key = caller.identity
        return self._counts[key] >= self.rule.nth and self._applied[key] < self.rule.times

    def _choose(self, call: Call, caller: Caller) -> bool:
        hit = GateHit(
            at=time.monotonic() - self._since,
            caller=caller,
            what=described(call, self._sockets) if len(self.hits) < MOST_TOLD else name_of(call),
            watched=self._watch(caller),
            happened=not isinstance(self.rule.action, HoldUntil),
            seen_before=self.seen[caller],
            children=self._children,
        )
        self._chosen[call.thread] = (call.id, hit)
        if getattr(self.rule.at_gate, "severs", False):
            self._over.add(_name(call))
        self.is_chosen()
        return True

    def _watch(self, caller: Caller) -> Watched:
        """Watch a process; not one more of so many that they are not told."""
        if caller.identity not in self._watched:
            found = Watched(caller)
            if len(self._watched) >= MOST_TOLD:
                found.close()
            self._watched[caller.identity] = found
        return self._watched[caller.identity]

    # In any thread.

    def will_come_again(self, call: Call) -> None:
        """Do not count a call that is made once more because a signal was handled."""
        self._made_again.add((call.thread, call.number, call.arguments))

    def collect(self) -> None:
        """Take over what the gate has done since the last time."""
        with self._lock:
            for handled in self.armed.handled[self._collected :]:
                self._collected += 1
                identifier, hit = self._chosen.get(handled.thread, (0, None))
                if hit is None or identifier != handled.id:
                    continue
                self._applied[hit.caller.identity] += 1
                if len(self.hits) < MOST_TOLD:
                    self.hits.append(hit)
                    self.hits.sort(key=lambda one: one.at)

    def hit_of(self, call: Call) -> GateHit | None:
        """Return what was recorded of a call that is held."""
        with self._lock:
            identifier, hit = self._chosen.get(call.thread, (0, None))
            return hit if identifier == call.id else None

    def calls_after(self, hit: GateHit) -> int:
        """Return how many calls the rule is about its process has made since."""
        return self.seen[hit.caller] - hit.seen_before

    def close(self) -> None:
        """Read how the processes have ended, and watch them no more."""
        with self._lock:
            for watched in self._watched.values():
                watched.close()


def live_children(thread: int) -> frozenset[Identity]:
    """Return the children of the process of a thread that have not ended."""
    found = (look_at(child) for child in children_of(thread))
    return frozenset(child.identity for child in found if child is not None and not child.is_zombie)


def _name(call: Call) -> str:
    try:
        return os.readlink(f"/proc/{call.thread}/fd/{call.descriptor}")
    except OSError:
        return ""
