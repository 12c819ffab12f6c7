"""The connection is not made as quickly and simply as it is on a developer's machine.

A SYN that finds the accept queue full is dropped, and sent again a second later (RFC 6298, 2.1):
connect(2) takes that long without any privilege of ours. A connection that is complete for the
client may still wait in the accept queue, and be reset there (UNP 5.11). A name may have several
addresses, of which one is refused and the next is not (UNP 11.12; RFC 1123, 2.3). And where no
server listens at an ephemeral port, a client that tries again and again connects to itself some
day, when the kernel gives it that very port (RFC 9293, 3.5).
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.client_context import NOT_STARTED, Addresses, ClientContext, PeerEnd
from faults.fault import Fault, FaultOutcome
from faults.payloads import A_LINE


class Hindrance(enum.Enum):
    """What is in the way."""

    REFUSED = "no server listens: the connection is refused"
    RESET_PENDING = "the connection is reset while it waits in the accept queue"
    SLOW = "the accept queue is full: the SYN must be sent again"
    FIRST_ADDRESS_DEAD = "{host} is a name: at the first of its two addresses nothing listens"
    LAST_ADDRESS_DEAD = "{host} is a name: at the last of its two addresses nothing listens"
    SELF_CONNECT = "no server listens, and a later attempt comes from the port that it goes to"


BY_NAME = {
    Hindrance.FIRST_ADDRESS_DEAD: Addresses.DEAD_FIRST,
    Hindrance.LAST_ADDRESS_DEAD: Addresses.DEAD_LAST,
}
"""Those for which the client is given a name in the place of the server's address."""


@dataclass(frozen=True)
class HinderConnect(Fault[ClientContext]):
    """Hinder the client's connect."""

    name: ClassVar[str] = "connecting"
    section: ClassVar[str] = "UNP 4.3"
    summary: ClassVar[str] = "the connection is refused, slow, or reset in the accept queue"
    brings_clients: ClassVar[bool] = True

    hindrance: Hindrance

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Start the client with the hindrance in its way."""
        if context.handle is not None:
            return NOT_STARTED
        if self.hindrance in BY_NAME:
            return _by_name(context, BY_NAME[self.hindrance])
        return {
            Hindrance.REFUSED: _refused,
            Hindrance.RESET_PENDING: _reset_pending,
            Hindrance.SLOW: _slow,
            Hindrance.SELF_CONNECT: _itself,
        }[self.hindrance](context)

    def undo(self, context: ClientContext) -> None:
        """Let the next SYN be answered."""
        context.drain_queue()

    def __str__(self) -> str:
        return self.hindrance.value


def _refused(context: ClientContext) -> FaultOutcome:
    context.refuse()
    context.start()
    context.await_notice()
    return FaultOutcome.fired("no server listened")


def _reset_pending(context: ClientContext) -> FaultOutcome:
    context.start()
    if not context.rest() or not context.is_open():
        return FaultOutcome.missed("the client was not in the accept queue")
    context.refuse()
    arrived = context.wait(lambda: context.has_arrived(PeerEnd.RESET))
    context.await_notice()
    return (
        FaultOutcome.fired("reset in the accept queue")
        if arrived
        else FaultOutcome.missed("no RST came")
    )


def _slow(context: ClientContext) -> FaultOutcome:
    if not context.fill_queue():
        return FaultOutcome.missed("the accept queue could not be filled")
    context.start()
    if not context.wait(context.is_connecting):
        return FaultOutcome.missed("the client did not try to connect")
    context.drain_queue()
    return FaultOutcome.fired("the first SYN was dropped")


def _by_name(context: ClientContext, addresses: Addresses) -> FaultOutcome:
    if why_not := context.start_by_name(addresses):
        return FaultOutcome.impossible(why_not)
    is_connected = context.meet()
    if context.attempts().failed:
        return FaultOutcome.fired("the connection was refused at the address that it tried first")
    if is_connected:
        return FaultOutcome.impossible("the address that it tries first is the server's")
    return FaultOutcome.missed("the client tried neither address")


def _itself(context: ClientContext) -> FaultOutcome:
    if why_not := context.start_alone():
        return FaultOutcome.impossible(why_not)
    context.refuse()
    if not context.wait(lambda: context.attempts().failed > 0):
        return FaultOutcome.missed("the client did not try to connect")
    context.connect_from_its_port()
    if not context.wait(lambda: _is_connected(context)):
        if context.attempts().made == 1:
            return FaultOutcome.impossible("it does not try again after a refusal")
        return FaultOutcome.missed("the client tried again, and not from the port that it goes to")
    context.type(A_LINE)
    context.rest()
    return FaultOutcome.fired("the client was connected to itself")


def _is_connected(context: ClientContext) -> bool:
    found = context.attempts()
    return found.made > found.failed
