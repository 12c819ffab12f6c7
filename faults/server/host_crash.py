"""A client's host crashes: nothing more comes from it, not even a FIN (UNP 5.14 and 5.15).

The server learns of it only where its kernel sends something: an echo that is on its way is sent
again until TCP gives up (ETIMEDOUT), or is answered with RST by a host that has booted again; a
keep-alive probe (UNP 7.5) likewise; or the host connects once more from the same port, and its TCP
answers the old connection with RST (RFC 9293, 3.5.1). What served such a client must end then, and
the others are served all the time. A silent host that nothing is sent to is asked of nobody.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome
from faults.freezing import frozen
from faults.payloads import A_LINE
from faults.server.given_up import await_given_up, crash
from faults.server_context import NO_PROCESS, ServerContext
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault
from target.sockets import Timer

MOST_SECONDS = 5.0
"""A first probe that comes later is not waited for."""


class Crash(enum.Enum):
    """When the host crashes, and what follows."""

    FOR_GOOD = "with an echo on its way, for good"
    REBOOTS = "with an echo on its way, and boots again"
    RETURNS = "idle, boots again and connects from the same port"
    RETURNS_UNSEEN = "idle, and has connected from the same port before the server looks"
    KEPT_ALIVE = "idle, for good, and the server asks (SO_KEEPALIVE)"


OWED = frozenset({Crash.FOR_GOOD, Crash.REBOOTS})
RETURNING = frozenset({Crash.RETURNS, Crash.RETURNS_UNSEEN})


@dataclass(frozen=True)
class HostCrash(WireFault[ServerContext]):
    """Crash the host of one client. `newcomer` is the client that connects from its port."""

    name: ClassVar[str] = "host_crash"
    section: ClassVar[str] = "UNP 5.14"
    summary: ClassVar[str] = "a client's host crashes, boots again, or comes back"

    client: int = field(metadata=NAMES_CLIENTS)
    crash: Crash
    newcomer: int = field(metadata=NAMES_CLIENTS)

    def on_wire(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        """Crash it, and wait until the server's kernel knows."""
        if not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        if not conditions.wait_until_served(context, self.client):
            return conditions.not_accepted(context, self.client)
        if self.crash in OWED:
            return self._while_owed(context, wire)
        if not conditions.await_echo(context, self.client):
            return FaultOutcome.missed(f"c{self.client} was still owed something")
        if self.crash is Crash.KEPT_ALIVE:
            return self._kept_alive(context, wire)
        if self.crash is Crash.RETURNS:
            return self._returns(context, wire)
        if context.handle is None:
            return NO_PROCESS
        everyone = tuple(one for one in context.handle.tree() if not one.is_zombie)
        with frozen(context, context.handle, everyone) as stopped:
            outcome = self._returns(context, wire)
        return outcome if stopped else FaultOutcome.missed("the server did not stop", self._gone)

    def _while_owed(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        port = context.endpoint(self.client).port
        unheard = wire.add(Rule(Action.LOSE, Direction.FROM_TARGET, port=port))
        context.send(self.client, A_LINE)
        context.wait(lambda: self._is_owed(context) or context.is_satisfied(self.client))
        if not self._is_owed(context):
            wire.lift(unheard)
            if context.is_open(self.client) and context.is_satisfied(self.client):
                return FaultOutcome.impossible(f"nothing is owed to c{self.client}")
            return FaultOutcome.missed("the server wrote nothing")
        silent = wire.add(Rule(Action.LOSE, port=port))
        crash(context, self.client)
        if self.crash is Crash.REBOOTS:
            wire.lift(silent)
            wire.lift(unheard)
            context.mark(f"the host of c{self.client} is up again")
        return await_given_up(context, wire, self.client)

    def _is_owed(self, context: ServerContext) -> bool:
        end = context.link.server_end(self.client)
        return end is not None and end.send_queue > 0

    def _kept_alive(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        end = context.link.server_end(self.client)
        if end is None or end.timer is not Timer.KEEPALIVE:
            return FaultOutcome.impossible("it does not set SO_KEEPALIVE")
        if end.expires > MOST_SECONDS:
            seconds = f"{end.expires:.0f} s"
            return FaultOutcome.impossible(f"its first keep-alive probe comes after {seconds}")
        wire.add(Rule(Action.LOSE, port=context.endpoint(self.client).port))
        crash(context, self.client)
        return await_given_up(context, wire, self.client)

    def _returns(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        with wire.ruled(Rule(Action.LOSE, port=context.endpoint(self.client).port)):
            crash(context, self.client)
        context.mark(f"the host of c{self.client} is up again, and connects from the same port")
        if not context.link.come_back(self.client, self.newcomer):
            return FaultOutcome.missed("the new connection was not made", self._gone)
        return FaultOutcome.fired("the old connection was reset by the new one", self._gone)

    @property
    def _gone(self) -> frozenset[int]:
        return frozenset({self.client})

    def __str__(self) -> str:
        back = f" as c{self.newcomer}" if self.crash in RETURNING else ""
        return f"the host of c{self.client} crashes: {self.crash.value}{back}"
