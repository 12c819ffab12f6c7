"""What we do while the calls of a target are scheduled: each deed has its turn, as a call has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from faults.fault import NAMES_CLIENTS
from faults.gate.held import interrupt, kill
from faults.payloads import A_LINE
from faults.server_context import ServerContext


class What(Enum):
    """What a client does; the value is the word for it in a place."""

    CONNECT = "connect"
    SEND = "send"
    HALF_CLOSE = "half-close"
    CLOSE = "close"
    RESET = "reset"
    KILL = "kill"
    """The process that serves it is killed (SIGKILL), as by an administrator."""


WORDS: dict[What, str] = {
    What.CONNECT: "connects",
    What.SEND: "sends a line",
    What.HALF_CLOSE: "half-closes",
    What.CLOSE: "closes",
    What.RESET: "resets",
    What.KILL: "has its worker killed",
}


@dataclass(frozen=True)
class Deed:
    """One thing that a client does. The deeds of one client are done in their order."""

    client: int = field(metadata=NAMES_CLIENTS)
    what: What

    @property
    def actor(self) -> str:
        """The name of the client, as an actor of the schedule."""
        return f"c{self.client}"


class Sent(Enum):
    """What the listener is sent; the value is the word for it in a place."""

    SIGNAL = "caught signal"
    """One that it catches, and that is no order to it."""


@dataclass(frozen=True)
class Sign:
    """A signal to the listener."""

    what: Sent = Sent.SIGNAL


def is_possible(deed: Deed | Sign, context: ServerContext) -> bool:
    """Return whether there is room for a connection, or something to be killed."""
    if isinstance(deed, Sign):
        return True
    if deed.what is What.CONNECT:
        return context.scheduling.may_connect(deed.client)
    return deed.what is not What.KILL or bool(context.workers(deed.client))


def do(deed: Deed | Sign, context: ServerContext) -> None:
    """Do it, and let it arrive."""
    if isinstance(deed, Sign):
        for listener in context.listeners()[:1]:
            interrupt(context, listener.identity.pid)
    else:
        _DO[deed.what](context, deed.client)
        arrived, by_reset = context.scheduling.deed_has_arrived, deed.what is What.RESET
        context.wait(lambda: arrived(deed.client, by_reset=by_reset))
    context.scheduling.move_bytes()


def _connect(context: ServerContext, client: int) -> None:
    context.scheduling.connect(client)


def _send(context: ServerContext, client: int) -> None:
    context.send(client, A_LINE)


def _half_close(context: ServerContext, client: int) -> None:
    context.half_close(client)


def _close(context: ServerContext, client: int) -> None:
    context.close(client)


def _reset(context: ServerContext, client: int) -> None:
    context.reset(client)


def _kill(context: ServerContext, client: int) -> None:
    kill(context, context.workers(client))


_DO: dict[What, Callable[[ServerContext, int], None]] = {
    What.CONNECT: _connect,
    What.SEND: _send,
    What.HALF_CLOSE: _half_close,
    What.CLOSE: _close,
    What.RESET: _reset,
    What.KILL: _kill,
}
