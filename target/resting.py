"""Whether a target rests: every thread sleeps in a call, with a timeout or not, or is stopped.

One look does not tell. It reads one thread after the other: a thread that starts another, or hands
it work, and waits for it is seen asleep, and the other one was not there yet, or is asleep again
when its turn comes. Two looks tell, as for a settled target (`target.settled`): a thread that has
not left the processor in between has slept all the time from its first look to its second.

Only one that a timeout wakes may have run in between. It sleeps until the time comes, and would
otherwise keep a program that ticks from ever being at rest.
"""

from collections.abc import Iterable

from target.processes import Thread
from target.settled import Look

ENDED_OR_STOPPED = "ZXTt"
"""States of proc(5) in which a thread does not run, whatever it last called."""


def at_rest(seen: Look) -> bool:
    """Return whether every thread was found asleep, stopped or ended when it was looked at."""
    return not seen.passing and all(map(_sleeps, seen.threads))


def rested(before: Look, after: Look) -> bool:
    """Return whether there was a moment between these two looks at which every thread slept."""
    return at_rest(before) and at_rest(after) and slept_at_once(before.threads, after.threads)


def slept_at_once(before: Iterable[Thread], after: Iterable[Thread]) -> bool:
    """Return whether all these threads, which were found asleep twice, slept at one moment."""
    first, second = ({one.tid: one for one in found} for found in (before, after))
    return first.keys() == second.keys() and all(
        _slept_on(first[tid], second[tid]) for tid in first
    )


def _sleeps(thread: Thread) -> bool:
    return thread.sleeps or thread.state in ENDED_OR_STOPPED


def _slept_on(before: Thread, after: Thread) -> bool:
    return before.switches == after.switches or (_is_timed(before) and _is_timed(after))


def _is_timed(thread: Thread) -> bool:
    return thread.wait is not None and thread.wait.timed
