"""Handshakes that never end, and one that ends and brings nothing (UNP 4.5, tcp(7)).

A SYN whose answer is never acknowledged waits in the kernel until it is given up; a backlog full of
them is met with SYN cookies, or turns away further ones for that long. No server sees any of this:
its clients are served, and the next one is accepted. What a server does see is a connection on
which nothing comes. With TCP_DEFER_ACCEPT the kernel keeps that one back for a while as well, and
then hands it over all the same: whoever reads from it at once waits.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.payloads import A_LINE
from faults.server_context import NO_PROCESS, ServerContext
from faults.wire import handshakes
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault
from target.sockets import HALF_OPEN, Endpoint

COOKIES = "tcp_syncookies"
BEYOND = 8
"""Handshakes that are more than the backlog has room for."""


class Handshakes(enum.Enum):
    """How many handshakes do not end, and how."""

    ONE = "one is never ended"
    BACKLOG = "as many as the backlog are never ended"
    BEYOND = "more than the backlog are never ended"
    WITHOUT_COOKIES = "more than the backlog are never ended, without SYN cookies"
    SILENT = "one ends, and nothing follows"


FULL = frozenset({Handshakes.BEYOND, Handshakes.WITHOUT_COOKIES})


@dataclass(frozen=True)
class _Begun:
    """The handshakes of one fault, and whose SYN queue they fill."""

    wire: Wire
    server: Endpoint
    backlog: int
    handshakes: Handshakes

    @property
    def count(self) -> int:
        """How many SYNs are sent."""
        if self.handshakes is Handshakes.ONE:
            return 1
        beyond = BEYOND if self.handshakes in FULL else 0
        return max(1, self.backlog + beyond)

    @property
    def in_vain(self) -> bool:
        """Whether the kernel turns further clients away while it has no room."""
        return self.handshakes is Handshakes.WITHOUT_COOKIES

    @property
    def settings(self) -> dict[str, int]:
        """Return how the target's host is set meanwhile."""
        # Without cookies the system's own limit would be met first, where memory is small.
        return {COOKIES: int(not self.in_vain), "tcp_max_syn_backlog": 2 * handshakes.MOST}

    @property
    def answers(self) -> int:
        """How many of them the kernel answers at least."""
        return min(self.count, self.backlog) if self.in_vain else self.count

    def __str__(self) -> str:
        return f"{self.count} beside a backlog of {self.backlog}"


@dataclass(frozen=True)
class UnfinishedHandshakes(WireFault[ServerContext]):
    """Begin handshakes and let them be, beside a client that is served and one that comes.

    `newcomer` connects meanwhile; where the kernel has no room, when it has some again. With SILENT
    it is the one that sends nothing.
    """

    name: ClassVar[str] = "unfinished_handshakes"
    section: ClassVar[str] = "UNP 4.5"
    summary: ClassVar[str] = "handshakes that never end, and one after which nothing comes"

    client: int = field(metadata=NAMES_CLIENTS)
    handshakes: Handshakes
    newcomer: int = field(metadata=NAMES_CLIENTS)

    def on_wire(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        """Begin them, let both clients act, and end them."""
        if context.handle is None:
            return NO_PROCESS
        if not context.may_open(self.newcomer):
            return FaultOutcome.missed(f"there was no room for c{self.newcomer}")
        if self.handshakes is Handshakes.SILENT:
            return self._silent(context)
        listening = context.handle.listening_socket()
        if listening is None:
            return FaultOutcome.missed("the server did not listen")
        begun = _Begun(wire, context.handle.endpoint, listening.send_queue, self.handshakes)
        if begun.count > handshakes.MOST:
            return FaultOutcome.impossible(f"too many SYNs for {begun}")
        with wire.target_set(begun.settings) as known:
            if self.handshakes in FULL and COOKIES not in known:
                return FaultOutcome.impossible("this kernel has no switch for SYN cookies")
            return self._beside(begun, context)

    def _beside(self, begun: _Begun, context: ServerContext) -> FaultOutcome:
        with begun.wire.ruled(handshakes.UNANSWERED, released=False) as number:
            context.mark(f"{begun.count} handshakes begin, and are never ended")
            begun.wire.begin_handshakes(begun.server, begun.count)
            context.send(self.client, A_LINE)
            answered = context.wait(lambda: begun.wire.hits(number) >= begun.answers)
            conditions.await_echo(context, self.client)
            if not begun.in_vain:
                self._come(context)
            begun.wire.end_handshakes(begun.server, begun.count)
        if begun.in_vain:
            context.mark("the handshakes are given up")
            self._come(context)
        if not answered:
            return FaultOutcome.missed("not so many SYNs were answered")
        return FaultOutcome.fired(str(begun))

    def _come(self, context: ServerContext) -> None:
        if context.open(self.newcomer, Reading.EAGER):
            context.send(self.newcomer, A_LINE)
            context.wait(lambda: context.is_satisfied(self.newcomer))

    def _silent(self, context: ServerContext) -> FaultOutcome:
        if not context.open(self.newcomer, Reading.EAGER):
            return FaultOutcome.missed(f"c{self.newcomer} could not connect")
        was_kept_back = self._is_kept_back(context)
        if not context.wait(lambda: not self._is_kept_back(context)):
            return FaultOutcome.missed("the kernel did not hand it over in time")
        context.wait(lambda: context.accepted(self.newcomer))
        if context.link.server_end(self.newcomer) is None:
            return FaultOutcome.missed(
                "the kernel gave it up (TCP_DEFER_ACCEPT)", frozenset({self.newcomer})
            )
        late = ", after the kernel had kept it back (TCP_DEFER_ACCEPT)" if was_kept_back else ""
        return FaultOutcome.fired(f"c{self.newcomer} is connected, and sends nothing{late}")

    def _is_kept_back(self, context: ServerContext) -> bool:
        end = context.link.server_end(self.newcomer)
        return end is not None and end.state in HALF_OPEN

    def __str__(self) -> str:
        acting = "is the silent one" if self.handshakes is Handshakes.SILENT else "connects"
        return f"handshakes: {self.handshakes.value}; c{self.newcomer} {acting}"
