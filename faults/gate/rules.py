"""The rules of the gate: which calls, and what becomes of them."""

import errno
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from faults.gate.calls import Kind, kind_of
from faults.gate.kernel import Call
from target.sockets import Endpoint

AGAIN_AND_AGAIN = 20
"""A call that a rule was applied to so often is tried again and again: no more will come of it."""

MOST_KEPT = 100_000
"""Calls that are kept of one rule; what is called without end must not fill the memory."""


class NamedErrno(Enum):
    """An error by its name in errno(3). Subclasses list the errors."""

    @property
    def number(self) -> int:
        """The number of the error on this machine."""
        return int(getattr(errno, self.name))


@dataclass(frozen=True)
class Errno:
    """Answer an error in the place of the kernel, which never sees the call.

    `severs`: the connection that the call is about is really over then, as it would be. EPIPE then
    comes from the kernel, which sends SIGPIPE with it.
    """

    number: int
    severs: bool = False

    def __str__(self) -> str:
        return os.strerror(self.number)


@dataclass(frozen=True)
class LoseConnection:
    """Fail an accept with this error and lose the connection that it belongs to."""

    number: int


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
    action: Errno | LoseConnection | Shorten | Hold
    nth: int = 1
    times: int = 1


@dataclass(frozen=True)
class HandledCall:
    """A call to which a rule was applied: when (monotonic clock), and the thread that made it.

    `id` is that of the notification.
    """

    at: float
    thread: int
    name: str
    id: int = 0


@dataclass(eq=False)
class ArmedRule:
    """An armed rule: how many calls it has met, and to which it was applied.

    Two of them are never equal: a rule that is armed twice is taken away once.
    """

    rule: Rule
    seen: int = 0
    spared: int = 0
    """How many calls could not be cut short without misleading (`faults.gate.shorten`)."""
    handled: list[HandledCall] = field(default_factory=list)
    """The first of them, `MOST_KEPT` at most; `applied` counts all."""
    applied: int = 0
    waiting: list[Call] = field(default_factory=list)
    """The calls that are held now, in the order in which they came."""
    has_come: threading.Event = field(default_factory=threading.Event, repr=False)
    """Set while a call is held: waking up for it is faster than looking again and again."""
    lost: list[Endpoint] = field(default_factory=list)
    """The clients whose connections were lost, in the order in which they were (LoseConnection)."""

    @property
    def held(self) -> Call | None:
        """The first of the calls that are held now."""
        return next(iter(self.waiting), None)

    def hold(self, call: Call) -> None:
        """Keep a call waiting, after those that wait already."""
        self.waiting.append(call)
        self.has_come.set()

    def take_first(self) -> Call | None:
        """Return the first of the calls that are held, which is no longer; None for none."""
        if not self.waiting:
            return None
        first = self.waiting.pop(0)
        if not self.waiting:
            self.has_come.clear()
        return first

    @property
    def is_done(self) -> bool:
        """Whether it has done all that it was to do."""
        return self.applied >= self.rule.times

    @property
    def is_repeated(self) -> bool:
        """Whether the call is made again and again, and the rule goes on being applied."""
        return len(self.handled) >= AGAIN_AND_AGAIN and not self.is_done

    def note(self, handled: HandledCall) -> None:
        """Record that the rule was applied to a call."""
        self.applied += 1
        if len(self.handled) < MOST_KEPT:
            self.handled.append(handled)

    def wants(self, call: Call) -> bool:
        """Count a call; return whether the rule applies to it."""
        if self.is_done or kind_of(call) is not self.rule.kind or not self.rule.matches(call):
            return False
        self.seen += 1
        return self.seen >= self.rule.nth
