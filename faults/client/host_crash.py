"""The server's host crashes while the client is connected: neither FIN nor RST comes.

What the client has sent is sent again until TCP gives up (UNP 5.14): ETIMEDOUT, or EHOSTUNREACH
where a router has said so meanwhile. A host that has booted again knows of no connection, and
answers with RST (UNP 5.15). An idle client cannot know of any of it, and is asked for nothing.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.client_conditions import why_not_idle
from faults.client_context import ClientContext, PeerEnd
from faults.fault import FaultOutcome
from faults.payloads import A_LINE
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault


class ServerCrash(enum.Enum):
    """What becomes of the host, and of the line that the client sends then."""

    FOR_GOOD = "crashes for good"
    CUT_OFF = "crashes, and a router says that it is unreachable"
    REBOOTS = "crashes and boots again"


_LOST = {ServerCrash.FOR_GOOD: "ETIMEDOUT", ServerCrash.CUT_OFF: "EHOSTUNREACH"}


@dataclass(frozen=True)
class ServerHostCrash(WireFault[ClientContext]):
    """Crash the server's host, and let the client send a line then."""

    name: ClassVar[str] = "host_crash"
    section: ClassVar[str] = "UNP 5.14"
    summary: ClassVar[str] = "the server's host crashes while the client sends, or boots again"
    brings_clients: ClassVar[bool] = True

    crash: ServerCrash

    def on_wire(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        """Crash the host while the client is idle, type a line, and wait until TCP gives up."""
        if missed := why_not_idle(context):
            return missed
        if self.crash is ServerCrash.REBOOTS:
            self._reboot(context, wire)
        else:
            self._vanish(context, wire)
        with wire.impatient():
            context.type(A_LINE)
            known = context.wait(context.link.is_lost)
        if not known:
            return FaultOutcome.missed("the client sent nothing, so that its kernel learnt nothing")
        if self.crash is ServerCrash.REBOOTS:
            context.await_notice()
        else:
            context.link.note_unreached(_LOST[self.crash])
        return FaultOutcome.fired(f"the server's host {self.crash.value}")

    def _reboot(self, context: ClientContext, wire: Wire) -> None:
        with wire.ruled(Rule(Action.LOSE)):
            context.mark("the server's host crashes")
            context.end(PeerEnd.RESET)
        context.mark("it is up again")

    def _vanish(self, context: ClientContext, wire: Wire) -> None:
        wire.add(Rule(Action.LOSE, Direction.TO_TARGET))
        cut_off = self.crash is ServerCrash.CUT_OFF
        action = Action.HOST_UNREACHABLE if cut_off else Action.LOSE
        wire.add(Rule(action, Direction.FROM_TARGET))
        context.mark("the server's host crashes")
        context.link.vanish()

    def __str__(self) -> str:
        return f"the server's host {self.crash.value}; a line is typed"
