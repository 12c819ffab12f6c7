"""Which signals of a target interrupt a slow call, read from its calls of sigaction.

EINTR happens to a process that catches a signal, and only where the handler was installed without
SA_RESTART, or for calls that are never restarted: poll, select, epoll_wait (signal(7)). What the
kernel shows of a process (SigCgt) lacks the flags, so they are read when they are set.
"""

import signal
import struct

from faults.gate.kernel import Call, process_of, read_memory
from target.processes import look_at, read_text

SA_RESTART = 0x10000000
DEFAULT, IGNORE = 0, 1

BY_TIMER = frozenset({signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO})
FIRST_REAL_TIME = 34
"""Signals that timers and descriptors send, at any time: these, and from this number on all where
there are timers (timer_create(2)); without, virtual machines send them to themselves."""

_ACTION = struct.Struct("@QQ")
"""The beginning of the kernel's struct sigaction: handler and flags."""


class Handlers:
    """What is known of the signal handlers in a target's processes."""

    def __init__(self) -> None:
        self._interrupts: dict[tuple[int, int], bool] = {}

    def note(self, call: Call) -> None:
        """Record one call of sigaction."""
        number, action = call.arguments[:2]
        content = read_memory(call.thread, action, _ACTION.size) if action else None
        if content is None:
            return
        handler, flags = _ACTION.unpack(content)
        if handler in (DEFAULT, IGNORE):
            # The kernel itself shows which signals are caught (SigCgt of proc(5)).
            return
        process = process_of(call.thread)
        if process is not None:
            self._interrupts[process, number] = not flags & SA_RESTART

    def come_unasked(self, *, with_alarms: bool) -> bool:
        """Return whether a signal that may come at any time has an interrupting handler.

        `with_alarms`: a process has set an interval timer, so that SIGALRM may come.
        """
        return any(
            eintr
            and (number in BY_TIMER or (number >= FIRST_REAL_TIME and _has_timers(process)))
            and (with_alarms or number != signal.SIGALRM)
            for (process, number), eintr in self._interrupts.items()
        )

    def interrupts(self, process: int, number: int) -> bool:
        """Return whether the handler of this process for a signal lets slow calls fail with EINTR.

        A process that has installed none itself has inherited its ancestor's.
        """
        ancestor: int | None = process
        while ancestor is not None and ancestor > 1:
            if (noted := self._interrupts.get((ancestor, number))) is not None:
                return noted
            looked = look_at(ancestor)
            ancestor = looked.parent if looked else None
        # Its parent has gone: only what all handlers have in common is certain.
        known = [eintr for (_, each), eintr in self._interrupts.items() if each == number]
        return bool(known) and all(known)


def _has_timers(process: int) -> bool:
    return bool(read_text(f"/proc/{process}/timers"))
