"""The server resets the connection: alone, after a FIN, after data, or with input left unread.

UNP 5.12, 5.13: the same crash reaches the client as EOF or as ECONNRESET, and which it is depends
on what came first. What the kernel shows of each is the table in `properties.client.endings`.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults.client_context import NOT_CONNECTED, NOT_STOPPED, ClientContext, PeerEnd
from faults.fault import MAKES_CERTAIN, Fault, FaultOutcome
from faults.freezing import stopped
from faults.payloads import A_LINE


class ResetManner(enum.Enum):
    """What the reset comes after."""

    ALONE = "resets"
    UNREAD = "closes with unread input (RST)"
    AFTER_DATA = "answers and resets"
    AFTER_FIN = "sends FIN, then RST"


@dataclass(frozen=True)
class PeerReset(Fault[ClientContext]):
    """Reset the connection, with the client running or stopped meanwhile."""

    name: ClassVar[str] = "peer_reset"
    section: ClassVar[str] = "UNP 5.13"
    summary: ClassVar[str] = "RST alone, after data, after a FIN, or for input left unread"
    brings_clients: ClassVar[bool] = True

    manner: ResetManner
    frozen: bool = field(metadata=MAKES_CERTAIN)
    typed: bool = False
    """Whether a line is typed directly after it: into a connection that is over."""

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Bring the connection to the point, reset it, and see whether the client notices."""
        if not context.meet() or not context.may_end():
            return NOT_CONNECTED
        if self.manner is ResetManner.UNREAD and not context.unread():
            return FaultOutcome.missed("the server had read everything: a close would send FIN")
        context.rest()
        with stopped(context, really=self.frozen) as is_held:
            if self.manner is ResetManner.AFTER_DATA:
                context.answer()
            elif self.manner is ResetManner.AFTER_FIN:
                context.end(PeerEnd.FIN)
                context.wait(lambda: context.has_arrived(PeerEnd.FIN))
            end = PeerEnd.UNREAD if self.manner is ResetManner.UNREAD else PeerEnd.RESET
            context.end(end)
            arrived = context.wait(lambda: context.has_arrived(end))
            if self.typed:
                context.type(A_LINE)
        context.await_notice()
        if not is_held:
            return NOT_STOPPED
        if not arrived:
            return FaultOutcome.missed("the RST did not arrive in time")
        return FaultOutcome.fired(f"the server {self.manner.value}")

    def __str__(self) -> str:
        when = " while the client is stopped" if self.frozen else ""
        typed = ", and a line is typed" if self.typed else ""
        return f"the server {self.manner.value}{typed}{when}"
