"""Moments of a client that faults bring about, and what a fault is where they do not come."""

from faults.client_context import NOT_CONNECTED, ClientContext
from faults.fault import FaultOutcome

NOT_IDLE = FaultOutcome.missed("the client was not idle, with its input open")


def why_not_idle(context: ClientContext) -> FaultOutcome | None:
    """Let the client be answered and come to rest; return what the fault is where it does not."""
    if not context.meet() or not context.may_end():
        return NOT_CONNECTED
    context.answer()
    return None if context.rest() and context.is_idle() else NOT_IDLE
