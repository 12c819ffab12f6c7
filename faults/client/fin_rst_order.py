"""Whether a client sees EOF or ECONNRESET when its server has died is decided, not awaited.

UNP 5.12: the server's process is killed, which sends FIN; the client writes, which the server's
host answers with RST; and what the client's next read returns "depends on the timing". Here the
RST is held until the client has seen its EOF, or the FIN until the RST has come.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.client_conditions import why_not_idle
from faults.client_context import ClientContext, PeerEnd
from faults.fault import FaultOutcome
from faults.payloads import A_LINE
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction, Kind
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault


class FinOrRst(enum.Enum):
    """What reaches the client."""

    EOF = "the RST is held until it has seen EOF"
    RESET = "the FIN is held, and the RST comes first"


@dataclass(frozen=True)
class FinRstOrder(WireFault[ClientContext]):
    """End the server's side, have a line sent into it, and let only one of FIN and RST come."""

    name: ClassVar[str] = "fin_rst_order"
    section: ClassVar[str] = "UNP 5.12"
    summary: ClassVar[str] = "FIN or RST of a server that has died: either is held on the wire"
    brings_clients: ClassVar[bool] = True

    order: FinOrRst

    def on_wire(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        """Bring the client to rest, end the server's side, and type a line."""
        if missed := why_not_idle(context):
            return missed
        if self.order is FinOrRst.RESET:
            return self._reset_first(context, wire)
        return self._eof_alone(context, wire)

    def _reset_first(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        held = Rule(Action.HOLD, Direction.TO_TARGET, frozenset({Kind.FIN}))
        with wire.ruled(held, released=False) as number:
            context.end(PeerEnd.CLOSE, seen=PeerEnd.RESET)
            fin = context.wait(lambda: wire.hits(number) > 0)
            context.type(A_LINE)
            arrived = fin and context.wait(context.link.is_lost)
            context.await_notice()
        return (
            FaultOutcome.fired("RST came, and no FIN")
            if arrived
            else FaultOutcome.missed("the client sent nothing, so that no RST came")
        )

    def _eof_alone(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        held = Rule(Action.HOLD, Direction.TO_TARGET, frozenset({Kind.RST}))
        with wire.ruled(held) as number:
            context.end(PeerEnd.CLOSE, seen=PeerEnd.FIN)
            arrived = context.wait(lambda: context.has_arrived(PeerEnd.FIN))
            context.type(A_LINE)
            context.await_notice()
            answered = wire.hits(number) > 0
        if not arrived:
            return FaultOutcome.missed("the FIN did not arrive in time")
        return FaultOutcome.fired(f"EOF alone{', while an RST was held' if answered else ''}")

    def __str__(self) -> str:
        return f"the server dies and a line is typed: {self.order.value}"
