"""The connection is not made as quickly and simply as it is on a developer's machine.

A SYN that finds the accept queue full is dropped, and sent again a second later (RFC 6298, 2.1):
connect(2) takes that long without any privilege of ours. A connection that is complete for the
client may still wait in the accept queue, and be reset there (UNP 5.11).
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.fault import Fault, Outcome
from faults.stage import NOT_STARTED, PeerEnd, Stage


class Hindrance(enum.Enum):
    """What is in the way."""

    REFUSED = "nobody listens: the connection is refused"
    RESET_PENDING = "the connection is reset while it waits in the accept queue"
    SLOW = "the accept queue is full: the SYN must be sent again"


@dataclass(frozen=True)
class HinderConnect(Fault):
    """Be in the way of the client's connect."""

    name: ClassVar[str] = "connecting"
    section: ClassVar[str] = "UNP 4.3"
    summary: ClassVar[str] = "the connection is refused, slow, or reset in the accept queue"
    begins: ClassVar[bool] = True

    hindrance: Hindrance

    def apply(self, stage: Stage) -> Outcome:
        """Start the client with the hindrance in its way."""
        if stage.handle is not None:
            return NOT_STARTED
        return {
            Hindrance.REFUSED: _refused,
            Hindrance.RESET_PENDING: _reset_pending,
            Hindrance.SLOW: _slow,
        }[self.hindrance](stage)

    def undo(self, stage: Stage) -> None:
        """Let the next SYN be answered."""
        stage.drain_queue()

    def __str__(self) -> str:
        return self.hindrance.value


def _refused(stage: Stage) -> Outcome:
    stage.refuse()
    stage.start()
    stage.await_notice()
    return Outcome.fired("nobody listened")


def _reset_pending(stage: Stage) -> Outcome:
    stage.start()
    if not stage.rest() or not stage.is_open():
        return Outcome.missed("the client was not in the accept queue")
    stage.refuse()
    arrived = stage.wait(lambda: stage.has_arrived(PeerEnd.RESET), "the RST to arrive")
    stage.await_notice()
    return Outcome.fired("reset in the accept queue") if arrived else Outcome.missed("no RST came")


def _slow(stage: Stage) -> Outcome:
    if not stage.fill_queue():
        return Outcome.missed("the accept queue could not be filled")
    stage.start()
    if not stage.wait(stage.is_connecting, "the client to send its SYN"):
        return Outcome.missed("the client did not try to connect")
    stage.drain_queue()
    return Outcome.fired("the first SYN was dropped")
