"""Whether a client has come to rest: every thread sleeps, for a while, with nothing to do."""

import time

from properties.wakeful import Wakeful
from target import settled
from target.client_handle import ClientHandle

REST = 0.25
"""Seconds of sleep, calls with a timeout among them, that count as rest: a client that polls every
tenth of a second has looked at all its descriptors by then."""


class Resting:
    """Looks at a client again and again until it rests, or is seen to spin."""

    def __init__(self, handle: ClientHandle) -> None:
        self._handle = handle
        self._wakeful = Wakeful(handle)
        self._since: float | None = None
        self.spinning = ""

    def is_over(self) -> bool:
        """Look once; tell whether it rests, or never will."""
        seen = self._handle.look()
        if not settled.at_rest(seen):
            self._since = None
            self.spinning = self._wakeful.spinning(seen)
            return bool(self.spinning)
        self._wakeful.all_slept()
        self._since = self._since or time.monotonic()
        return time.monotonic() - self._since >= REST
