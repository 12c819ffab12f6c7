"""More clients at once than a server was tried with.

select() is for descriptors below FD_SETSIZE, 1,024, and a set is overrun by the next (select(2)); a
server that is full may stop to look at its listening socket, and has to look again when there is
room. Clients come until there are 1,100, or until the next one is not served.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome, Reading
from faults.payloads import A_LINE
from faults.server_context import NO_PROCESS, ServerContext
from target import limits
from target.inherited import Inherited

PORTION = 100
"""Clients after which it is seen whether more can come."""

PORTIONS = 11

OPEN_LIMIT = 4096
"""Descriptors that the server may have."""

PROCESSES = 130
"""Clients that have a process each: a table of 128 is overrun by then."""

ENDING = 10
"""Processes of earlier clients, at most, that end while the first hundred come."""

FOR_OURSELVES = 200
"""Descriptors that the tester needs besides one for each client."""

TOO_FEW = FaultOutcome.impossible(
    "not so many clients can connect here: --max-connections, --max-rate, or the tester's own "
    "limit of descriptors (ulimit -n)"
)


@dataclass(frozen=True)
class ManyClients(Fault[ServerContext]):
    """Fill a server with clients that are silent, and ask for a line beside them.

    Where a process is made for each client fewer are enough: no descriptor gets a high number.
    """

    name: ClassVar[str] = "many_clients"
    section: ClassVar[str] = "UNP 6.8"
    summary: ClassVar[str] = "1,100 clients at once, or as many as are served, and then none"

    client: int = field(metadata=NAMES_CLIENTS)
    last: int = field(metadata=NAMES_CLIENTS)

    @property
    def starts_with(self) -> Inherited:
        """A limit of descriptors that is no reason to refuse so many."""
        return Inherited(open_limit=OPEN_LIMIT)

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Let them come, ask for a line with the first and the last client, and let them leave."""
        if context.handle is None:
            return NO_PROCESS
        if not context.is_open(self.client) or not context.may_open(self.last):
            return conditions.not_connected(context, self.client)
        came = _come(context)
        if came is None:
            return TOO_FEW
        context.send(self.client, A_LINE)
        if context.open(self.last, Reading.EAGER):
            context.send(self.last, A_LINE)
        # Until the server rests, one that waits for a place may still be turned away.
        conditions.await_echo(context, self.client, self.last)
        turned_away = not context.is_open(self.last)
        context.disperse()
        context.wait(lambda: conditions.all_taken(context, (self.client, self.last)))
        disturbed = frozenset({self.last} if turned_away else ())
        return FaultOutcome.fired(came, disturbed)

    def undo(self, context: ServerContext) -> None:
        """Let those go that only took up places."""
        context.disperse()

    def __str__(self) -> str:
        return f"many clients come beside c{self.client}, c{self.last} last of them, and leave"


def _come(context: ServerContext) -> str | None:
    """Let clients come; return how many came, and why no more did; None where we cannot try."""
    if limits.descriptors_left() < PORTIONS * PORTION + FOR_OURSELVES:
        return None
    processes = _count_processes(context)
    for portion in range(PORTIONS):
        came = context.crowd(PORTION)
        if not came:
            return _fewer(portion * PORTION, came)
        if _count_processes(context) - processes >= PORTION - ENDING:
            return _with_processes(context, (portion + 1) * PORTION)
    return f"{PORTIONS * PORTION} clients at once"


def _with_processes(context: ServerContext, there: int) -> str | None:
    """Let as many more come as a table of processes may have room for."""
    more = PROCESSES - there
    came = more <= 0 or context.crowd(more)
    if not came:
        return _fewer(there, came)
    return f"{max(there, PROCESSES)} clients at once, each with a process of its own"


def _fewer(before: int, came: bool | None) -> str | None:
    """Return how many were there when no more came, and why; None for none by us."""
    if came is None:
        return f"{before} clients at once; no more may connect" if before else None
    if not before:
        return f"fewer than {PORTION} clients at once: one was not served"
    return f"{before} clients at once; of the next ones one was not served"


def _count_processes(context: ServerContext) -> int:
    return len(context.handle.tree()) if context.handle else 0
