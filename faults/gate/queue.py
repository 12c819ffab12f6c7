"""Calls that wait at the gate until each is let go on: the holder decides their order.

A rule holds so many calls that match, and lets them go on in the order in which they came. A queue
holds every call of its kinds, of all threads, for as long as it is open.
"""

import threading

from faults.gate import kernel
from faults.gate.calls import Kind, kind_of
from faults.gate.kernel import Call


class Queue:
    """The calls of these kinds that wait, each by its thread. The gate's thread adds to it.

    `listener` is where they are answered.
    """

    def __init__(self, kinds: frozenset[Kind], listener: int) -> None:
        self.kinds = kinds
        self.waiting: dict[int, Call] = {}
        self.has_come = threading.Event()
        """Set by each call that comes, cleared by the thread that waits for it."""
        self._listener = listener
        self._lock = threading.Lock()
        self._is_open = True

    def takes(self, call: Call) -> bool:
        """Add a call, if it is to wait; return whether it is."""
        if kind_of(call) not in self.kinds:
            return False
        # One that is closed meanwhile must not be added to.
        with self._lock:
            if self._is_open:
                self.waiting[call.thread] = call
                self.has_come.set()
            return self._is_open

    def go_on(self, thread: int, *, handler_first: bool = False) -> bool:
        """Let the call of this thread go on; return whether its caller was still there.

        `handler_first`: it handles its pending signals, and makes the call once more. There must be
        such a signal, with a handler and not blocked (`Gate.make_again`).
        """
        call = self.waiting.pop(thread)
        if handler_first:
            return kernel.answer(self._listener, call, -kernel.RESTART_NO_INTERRUPT)
        return kernel.let_go_on(self._listener, call)

    def close(self) -> None:
        """Let all calls go on that wait, and hold no more. Idempotent."""
        with self._lock:
            self._is_open = False
        for thread in list(self.waiting):
            self.go_on(thread)
