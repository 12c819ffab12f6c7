"""The server ends the connection early: its FIN comes before, between or after lines.

UNP 5.12: the server's child is killed while the client waits for its user, and the client must
learn of it without another line being typed. What its FIN means depends on what was still to come.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults.client_context import NOT_CONNECTED, NOT_STOPPED, ClientContext, PeerEnd
from faults.fault import MAKES_CERTAIN, Fault, FaultOutcome
from faults.freezing import stopped
from faults.payloads import A_LINE


class FinManner(enum.Enum):
    """How much the server ends."""

    CLOSE = "closes"
    HALF_CLOSE = "half-closes"
    AFTER_DATA = "answers and closes"


@dataclass(frozen=True)
class PeerFin(Fault[ClientContext]):
    """Send FIN, with the client running or stopped meanwhile."""

    name: ClassVar[str] = "peer_fin"
    section: ClassVar[str] = "UNP 5.12"
    summary: ClassVar[str] = "the server ends early, by FIN: before, between or after lines"
    brings_clients: ClassVar[bool] = True

    manner: FinManner
    frozen: bool = field(metadata=MAKES_CERTAIN)
    typed: bool = False
    """Whether a line is typed directly after it: into a connection that is over."""

    def apply(self, context: ClientContext) -> FaultOutcome:
        """End the server's side with FIN, and see whether the client notices."""
        if not context.meet() or not context.may_end():
            return NOT_CONNECTED
        end = PeerEnd.FIN if self.manner is FinManner.HALF_CLOSE else PeerEnd.CLOSE
        context.rest()
        with stopped(context, really=self.frozen) as is_held:
            if self.manner is FinManner.AFTER_DATA:
                context.answer()
            context.swallow()
            context.end(end)
            arrived = context.wait(lambda: context.has_arrived(end))
            if self.typed:
                context.type(A_LINE)
        context.await_notice()
        if not is_held:
            return NOT_STOPPED
        if not arrived:
            return FaultOutcome.missed("the FIN did not arrive in time")
        return FaultOutcome.fired(f"the server {self.manner.value}: FIN")

    def __str__(self) -> str:
        when = " while the client is stopped" if self.frozen else ""
        typed = ", and a line is typed" if self.typed else ""
        return f"the server {self.manner.value} (FIN){typed}{when}"
