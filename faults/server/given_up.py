"""A client's host that is gone, and the server's kernel that gives up on it."""

from faults.fault import FaultOutcome
from faults.server_context import ServerContext
from faults.wire.wire import Wire


def crash(context: ServerContext, client: int) -> None:
    """Let a client's host be gone; the rules of the wire say what the server hears of it."""
    context.mark(f"the host of c{client} crashes")
    context.link.vanish(client)


def await_given_up(context: ServerContext, wire: Wire, client: int) -> FaultOutcome:
    """Wait until the server's kernel knows that the host is gone: its calls have failed then."""
    gone = frozenset({client})
    with wire.impatient():
        known = context.wait(lambda: context.link.server_end(client) is None)
    if known:
        return FaultOutcome.fired("the server's kernel has given up on it", gone)
    return FaultOutcome.missed("the server's kernel did not give up", gone)
