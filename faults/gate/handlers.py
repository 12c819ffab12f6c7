"""Which signals of a target interrupt a slow call, read from its calls of sigaction.

EINTR happens to a process that catches a signal, and only where the handler was installed without
SA_RESTART, or for calls that are never restarted: poll, select, epoll_wait (signal(7)). What the
kernel shows of a process (SigCgt) lacks the flags, so they are read when they are set.
"""

import struct
from collections.abc import Container

from faults.gate.kernel import Call, process_of, read_memory
from target.processes import look_at

SA_RESTART = 0x10000000
DEFAULT, IGNORE = 0, 1

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

    def interrupting(self, signals: Container[int]) -> frozenset[int]:
        """Return which of these signals have a handler that interrupts, in any process."""
        return frozenset(
            number for (_, number), eintr in self._interrupts.items() if eintr and number in signals
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
