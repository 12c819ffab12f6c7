"""Which call a thread sleeps in after it was stopped and continued.

poll(2), nanosleep(2) and futex(2) go on as restart_syscall(2) then. Its number alone is shown
(proc(5), syscall), and it may be a call that time ends. The registers are those of the call that
was interrupted: where the thread was seen in a call with these six arguments, it is that one.
"""

from dataclasses import replace

from target.processes import Thread
from target.settled import Look
from target.waits import RESTARTED, UNKNOWN, Wait


class RestartedCalls:
    """Follows the looks at one target."""

    def __init__(self) -> None:
        self._seen: dict[int, Wait] = {}

    def named(self, seen: Look) -> Look:
        """Return a look in which calls that are known bear their own name."""
        named = replace(seen, threads=tuple(map(self._named, seen.threads)))
        if len(self._seen) > len(seen.threads):
            there = {thread.tid for thread in seen.threads}
            self._seen = {tid: wait for tid, wait in self._seen.items() if tid in there}
        return named

    def _named(self, thread: Thread) -> Thread:
        wait = thread.wait
        if wait is None or wait == UNKNOWN:
            return thread
        if wait.call != RESTARTED:
            self._seen[thread.tid] = wait
            return thread
        known = self._seen.get(thread.tid)
        is_known = known is not None and known.arguments == wait.arguments
        return replace(thread, wait=known) if is_known else thread
