"""The calls of one plain exchange: which of them are counted together, and what it consists of.

A call is named by who makes it, by its name and by what it is about; calls that have all three in
common are numbered, from the connect of one client whose line is echoed and who half-closes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from faults.fault import Reading
from faults.gate.callers import have_been_served
from faults.gate.calls import name_of
from faults.gate.gate import Gate
from faults.gate.kernel import Call, process_of
from faults.gate.lawful_errors import About, about_of
from faults.gate.rules import ArmedRule, LoseConnection
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
