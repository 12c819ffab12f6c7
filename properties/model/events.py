"""The events that histories of both roles share: one frozen dataclass each.

Times are seconds of the monotonic clock since the history began.
"""

import enum
from dataclasses import dataclass

from faults.fault import Status
from faults.wire.segments import Direction, Fate

KEEPER_LOST = (
    "the process that held the target was ended from outside, and the target with it: what was "
    "seen proves nothing"
)


class Conclusion(enum.Enum):
    """How waiting for something ended."""

    MET = "it came"
    SETTLED = "nothing in the server can change any more"
    IDLE = "threads of the server only wake by themselves, and nothing comes of it"
    ASLEEP = "the server slept through the patience"
    BUSY = "the server computed through the patience"
    SILENT = "nothing came within the patience"
    STARVED = "the machine gave the server too little time to tell"

    @property
    def took_the_patience(self) -> bool:
        """Whether it was waited for as long as the patience lasts, or at least for seconds."""
        return self not in (Conclusion.MET, Conclusion.SETTLED)

    @property
    def is_proof(self) -> bool:
        """Whether it follows that what was waited for does not come."""
        return self not in (Conclusion.MET, Conclusion.STARVED)


@dataclass(frozen=True)
class Event:
    """Something done or observed, `at` seconds after the history began."""

    at: float


@dataclass(frozen=True)
class StepBegan(Event):
    """A step of the workload is about to be made."""

    index: int
    text: str


@dataclass(frozen=True)
class Marked(Event):
    """A fault did something to the process `pid` (0: to none)."""

    what: str
    pid: int


@dataclass(frozen=True)
class Carried(Event):
    """A segment has come to the wire between both hosts. `port` is the peer's."""

    direction: Direction
    port: int
    flags: str
    seq: int
    ack: int
    window: int
    length: int
    fate: Fate
    again: bool = False
    target_port: int = 0


@dataclass(frozen=True)
class Doubted(Event):
    """Something outside of the target happened, so that nothing that was seen proves anything."""

    reason: str


@dataclass(frozen=True)
class Injected(Event):
    """A fault is over."""

    fault: str
    status: Status
    detail: str
    disturbed: frozenset[int]
    broke_off: bool = False
    """The target ended in the middle of it, or before it was reverted."""
