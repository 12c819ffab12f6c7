"""What a server owes for what it was sent: the one place that knows that the service is echo.

A service starts a conversation for each connection. The conversation is given the bytes that the
kernel took from the client, and returns the bytes that the server now owes in addition. Another
protocol is another service: upper case returns `data.upper()`; a line protocol keeps a buffer, owes
nothing before a newline, and owes the rest of the buffer at the end of the input.

What a server makes of an urgent byte is its own choice (UNP 24.2, RFC 6093): it leaves it out of
the stream, takes it with MSG_OOB, or has it in its place with SO_OOBINLINE. A conversation that
says what may come back for one has a method `urgent`; without it none is sent.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable


class Conversation(Protocol):
    """One connection, seen from the service's definition."""

    def sent(self, data: bytes) -> bytes:
        """The client has sent `data`; return what is owed in addition."""

    def ended(self) -> bytes:
        """The client has ended its side; return what is owed in addition."""


@runtime_checkable
class KnowsUrgentData(Protocol):
    """A conversation in which urgent bytes may be sent."""

    def urgent(self, data: bytes) -> bytes:
        """The client has sent an urgent byte; return what may come back for it, or not."""


class Service(Protocol):
    """What a server offers: makes a conversation for each connection."""

    def start(self) -> Conversation:
        """Begin a conversation."""


class Echo:
    """Every byte comes back as it was sent (RFC 862)."""

    def start(self) -> "Echo":
        """Begin a conversation; echo needs no memory."""
        return self

    def sent(self, data: bytes) -> bytes:
        """Owe the same bytes."""
        return data

    def ended(self) -> bytes:
        """Owe nothing more."""
        return b""

    def urgent(self, data: bytes) -> bytes:
        """Allow the same byte."""
        return data


SERVICES: dict[str, Callable[[], Service]] = {"echo": Echo}
"""The services that can be named by `--service` and in saved cases. A new one is one line here."""


def service_name(service: Service) -> str:
    """Return the name of a service for a saved case.

    One that is not in SERVICES is named by its module and class; only Python code can replay it.
    """
    kind = type(service)
    named = (name for name, make in SERVICES.items() if make is kind)
    return next(named, f"{kind.__module__}:{kind.__qualname__}")
