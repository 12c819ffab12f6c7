"""The calls of one plain exchange: which of them are counted together, and what it consists of.

A call is named by who makes it, by its name and by what it is about; calls that have all three in
common are numbered, from the connect of one client whose line is echoed and who half-closes.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.gate.callers import NOT_CALM, await_calm, have_been_served
from faults.gate.calls import Kind, name_of
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.kernel import Call, process_of
from faults.gate.lawful_errors import KINDS, About, about_of
from faults.gate.rules import ArmedRule, Errno, LoseConnection, Rule
from faults.payloads import A_LINE
from faults.server_context import ServerContext
from target import processes

SOCKET = "socket:["
"""How the name of a socket's descriptor begins; its inode follows."""


class Caller(Enum):
    """Who makes a call: a process that accepts, or any other of the target."""

    LISTENER = "listener"
    WORKER = "worker"


@dataclass(frozen=True)
class CallKey:
    """Which calls are counted together."""

    caller: Caller
    call: str
    about: About


def keys_of(context: ServerContext) -> Callable[[Call], CallKey | None]:
    """Return a function that says which of the calls of the next exchange one is."""
    handle = context.handle
    listening = handle.listening_inode if handle else 0
    listeners = {process.identity.pid for process in context.listeners()}
    members = handle.tree() if handle else ()
    held = (name for one in members for name in processes.descriptors_of(one.identity.pid).values())
    sockets = (name for name in held if name.startswith(SOCKET))
    before = frozenset(int(name[len(SOCKET) : -1]) for name in sockets) - {listening}

    def key(call: Call) -> CallKey | None:
        about = about_of(call, listening, before)
        if about is None:
            return None
        by = Caller.LISTENER if process_of(call.thread) in listeners else Caller.WORKER
        return CallKey(by, name_of(call), about)

    return key


def exchange(
    context: ServerContext,
    gate: Gate,
    client: int,
    armed: ArmedRule | None = None,
    newcomer: int = 0,
) -> bool:
    """Connect, send a line, half-close; return whether that connected.

    Once the call of the armed rule is made again and again, the echo and the end are not waited
    for. The newcomer connects for an accept that waits, to fail with that one; after the half-close
    a child would end, whose SIGCHLD cannot come before the held call goes on.
    """

    def is_enough() -> bool:
        return armed is not None and armed.is_repeated

    if not context.open(client, Reading.EAGER):
        return False
    context.send(client, A_LINE)
    context.wait(lambda: is_enough() or have_been_served(context, gate, (client,)))
    if armed is not None and waits_for_another(armed) and context.may_open(newcomer):
        context.open(newcomer, Reading.EAGER)
        context.wait(lambda: armed.is_done)
    context.half_close(client)
    context.wait(lambda: is_enough() or not context.accepted(client))
    return True


def waits_for_another(armed: ArmedRule) -> bool:
    """Return whether an accept waits for the connection with which it is to fail."""
    return isinstance(armed.rule.action, LoseConnection) and armed.seen > 0 and not armed.is_done


@dataclass(frozen=True)
class CountCalls(GateFault):
    """No fault: count what a plain exchange of this client calls, for the sweep."""

    name: ClassVar[str] = "count_calls"
    section: ClassVar[str] = "seccomp(2)"
    summary: ClassVar[str] = "the calls of a plain exchange are counted"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = KINDS

    client: int = field(metadata=NAMES_CLIENTS)
    counted: list[Counter[CallKey]] = field(default_factory=list, compare=False)
    """What was counted, each time that it was made."""

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Make one exchange, and note each call."""
        if not await_calm(context, gate):
            return NOT_CALM
        key, counted = keys_of(context), Counter[CallKey]()

        def note(call: Call) -> bool:
            if (found := key(call)) is not None:
                counted[found] += 1
            return False

        for kind in KINDS:
            gate.arm(Rule(kind, note, Errno(0)))
        exchange(context, gate, self.client)
        context.see_it_rest()
        self.counted.append(counted)
        return FaultOutcome.fired(f"{counted.total()} calls")

    def __str__(self) -> str:
        return f"the calls of an exchange of c{self.client} are counted"
