"""The client is stopped and continued (SIGSTOP, SIGCONT), with or without echoes meanwhile.

Without any handler this makes some calls return EINTR (signal(7)). A shell does it to its jobs, and
what arrives meanwhile is there all at once when the client goes on.
"""

from dataclasses import dataclass
from typing import ClassVar

from faults.client_context import NOT_CONNECTED, NOT_STOPPED, ClientContext
from faults.fault import Fault, FaultOutcome
from faults.freezing import stopped


@dataclass(frozen=True)
class FreezeClient(Fault[ClientContext]):
    """Stop the client, let the server answer meanwhile or not, and continue it."""

    name: ClassVar[str] = "freeze"
    section: ClassVar[str] = "signal(7)"
    summary: ClassVar[str] = "the client is stopped and continued (SIGSTOP, SIGCONT)"
    brings_clients: ClassVar[bool] = True

    answered: bool

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Stop and continue all processes of the client."""
        if not context.meet():
            return NOT_CONNECTED
        context.rest()
        with stopped(context) as is_stopped:
            if self.answered and is_stopped:
                context.answer()
        if not is_stopped:
            return NOT_STOPPED
        return FaultOutcome.fired("stopped and continued")

    def __str__(self) -> str:
        meanwhile = ", while the server answers" if self.answered else ""
        return f"stop and continue the client{meanwhile}"
