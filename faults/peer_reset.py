"""The server resets the connection: alone, behind a FIN, behind data, or with input left unread.

UNP 5.12, 5.13: the same crash reaches the client as EOF or as ECONNRESET, and which it is depends
on what came first. What the kernel shows of each is the table in `properties.peer.wire`.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.fault import Fault, Outcome
from faults.stage import A_LINE, NOT_CONNECTED, PeerEnd, Stage
from faults.stopping import stopped


class ResetManner(enum.Enum):
    """What the reset comes behind."""

    ALONE = "resets"
    UNREAD = "closes with unread input (RST)"
    BEHIND_DATA = "answers and resets"
    BEHIND_FIN = "sends FIN, then RST"


@dataclass(frozen=True)
class PeerReset(Fault):
    """Reset the connection, with the client running or stopped meanwhile."""

    name: ClassVar[str] = "peer_reset"
    section: ClassVar[str] = "UNP 5.13"
    summary: ClassVar[str] = "RST alone, behind data, behind a FIN, or for input left unread"
    begins: ClassVar[bool] = True

    manner: ResetManner
    frozen: bool
    typed: bool = False
    """Whether a line is typed right behind it: into a connection that is over."""

    def apply(self, stage: Stage) -> Outcome:
        """Bring the connection to the point, reset it, and see whether the client notices."""
        if not stage.meet() or not stage.may_end():
            return NOT_CONNECTED
        if self.manner is ResetManner.UNREAD and not stage.unread():
            return Outcome.missed("the server had read everything: a close would send FIN")
        stage.rest()
        with stopped(stage, really=self.frozen) as is_held:
            if self.manner is ResetManner.BEHIND_DATA:
                stage.answer()
            elif self.manner is ResetManner.BEHIND_FIN:
                stage.end(PeerEnd.FIN)
                stage.wait(lambda: stage.has_arrived(PeerEnd.FIN), "the FIN to arrive")
            end = PeerEnd.UNREAD if self.manner is ResetManner.UNREAD else PeerEnd.RESET
            stage.end(end)
            arrived = stage.wait(lambda: stage.has_arrived(end), "the RST to arrive")
            if self.typed:
                stage.type(A_LINE)
        stage.await_notice()
        if not arrived or not is_held:
            return Outcome.missed("the RST did not arrive in time")
        return Outcome.fired(f"the server {self.manner.value}")

    def __str__(self) -> str:
        when = " while the client is stopped" if self.frozen else ""
        typed = ", and a line is typed" if self.typed else ""
        return f"the server {self.manner.value}{typed}{when}"
