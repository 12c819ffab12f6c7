"""Calls that wait at the gate until each is let go on: the holder decides their order.

A rule holds one call. A queue holds every call of its kinds, of all threads, for as long as it is
open. What is not waiting for anything passes: a futex call that only wakes others.
"""

import threading
from dataclasses import dataclass, field

from faults.gate.calls import Kind, kind_of
from faults.gate.kernel import Call

_FUTEX_COMMAND = 0x7F
_FUTEX_WAITS = frozenset({0, 6, 9, 11, 13})
"""Those of futex(2) that wait: WAIT, LOCK_PI, WAIT_BITSET, WAIT_REQUEUE_PI and LOCK_PI2."""


@dataclass
class Queue:
    """The calls of these kinds that wait, each by its thread. The gate's thread adds to it."""

    kinds: frozenset[Kind]
    waiting: dict[int, Call] = field(default_factory=dict)
    has_come: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)
    """Set by each call that comes, cleared by the thread that waits for it."""

    def wants(self, call: Call) -> bool:
        """Return whether a call is to wait."""
        kind = kind_of(call)
        if kind is Kind.LOCK:
            return kind in self.kinds and call.arguments[1] & _FUTEX_COMMAND in _FUTEX_WAITS
        return kind in self.kinds

    def put(self, call: Call) -> None:
        """Add a call."""
        self.waiting[call.thread] = call
        self.has_come.set()
