"""Waiting for less than a millisecond: poll() and epoll_wait() round up to a whole one."""

import select
import time
from collections.abc import Mapping, Sequence

WHOLE = 0.001
"""Seconds from which poll() and epoll_wait() are exact enough (poll(2))."""


def polled(interests: Mapping[int, int], longest: float) -> list[tuple[int, int]]:
    """Return which descriptors are ready, and for what, within so many seconds (poll(2))."""
    poll = select.poll()
    for descriptor, events in interests.items():
        poll.register(descriptor, events)
    if 0 < longest < WHOLE:
        reading, writing = (
            [descriptor for descriptor, events in interests.items() if events & kind]
            for kind in (select.POLLIN, select.POLLOUT)
        )
        longest = waited_briefly(longest, reading, writing)
    return poll.poll(longest * 1000)


def epolled(epoll: select.epoll, longest: float) -> list[tuple[int, int]]:
    """Return which of its descriptors are ready, and for what, within so many seconds."""
    if 0 < longest < WHOLE:
        longest = waited_briefly(longest, [epoll.fileno()])
    return epoll.poll(longest)


def waited_briefly(seconds: float, reading: Sequence[int], writing: Sequence[int] = ()) -> float:
    """Wait until one is ready, at most so many seconds; return what is left to wait: nothing."""
    try:
        select.select(reading, writing, (), seconds)
    except ValueError:
        # One has a number for which select() has no place (FD_SETSIZE, select(2)).
        time.sleep(seconds)
    return 0.0
