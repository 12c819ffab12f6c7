"""The server ends the connection early: its FIN comes before, between or after lines.

UNP 5.12: the server's child is killed while the client waits for its user, and the client must
learn of it without another line being typed. What its FIN means is told by what was still to come.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.fault import Fault, Outcome
from faults.stage import A_LINE, NOT_CONNECTED, PeerEnd, Stage
from faults.stopping import stopped


class FinManner(enum.Enum):
    """How much the server ends."""

    CLOSE = "closes"
    HALF_CLOSE = "half-closes"
    BEHIND_DATA = "answers and closes"


@dataclass(frozen=True)
class PeerFin(Fault):
    """Send FIN, with the client running or stopped meanwhile."""

    name: ClassVar[str] = "peer_fin"
    section: ClassVar[str] = "UNP 5.12"
    summary: ClassVar[str] = "the server ends early, by FIN: before, between or after lines"
    begins: ClassVar[bool] = True

    manner: FinManner
    frozen: bool
    typed: bool = False
    """Whether a line is typed right behind it: into a connection that is over."""

    def apply(self, stage: Stage) -> Outcome:
        """End the server's side in good order, and see whether the client notices."""
        if not stage.meet() or not stage.may_end():
            return NOT_CONNECTED
        end = PeerEnd.FIN if self.manner is FinManner.HALF_CLOSE else PeerEnd.CLOSE
        stage.rest()
        with stopped(stage, really=self.frozen) as is_held:
            if self.manner is FinManner.BEHIND_DATA:
                stage.answer()
            stage.swallow()
            stage.end(end)
            arrived = stage.wait(lambda: stage.has_arrived(end), "the FIN to arrive")
            if self.typed:
                stage.type(A_LINE)
        stage.await_notice()
        if not arrived or not is_held:
            return Outcome.missed("the FIN did not arrive in time")
        return Outcome.fired(f"the server {self.manner.value}: FIN")

    def __str__(self) -> str:
        when = " while the client is stopped" if self.frozen else ""
        typed = ", and a line is typed" if self.typed else ""
        return f"the server {self.manner.value} (FIN){typed}{when}"
