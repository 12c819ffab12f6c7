"""What a server owes for what it was sent: the one place that knows that the service is echo.

A service starts a conversation for each connection. The conversation is given the bytes that the
kernel took from the client, and returns the bytes that the server now owes in addition. Another
protocol is another service: upper case returns `data.upper()`; a line protocol keeps a buffer, owes
nothing before a newline, and owes the rest of the buffer at the end of the input.

What a server makes of an urgent byte is its own choice (UNP 24.2, RFC 6093): it leaves it out of
the stream, takes it with MSG_OOB, or has it in its place with SO_OOBINLINE. A conversation that
says what may come back for one has a method `urgent`; without it none is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class ServiceScope:
    """What can be judged of a service. `unjudged`: the invariants that cannot, each with why.

    `in_own_words`: a server that cannot serve may say so, and may end a connection that is silent.
    `is_answered`: False where a client that was served may have got nothing.
    `is_known`: False where it cannot be said what is owed.
    """

    unjudged: Mapping[str, str] = field(default_factory=dict)
    in_own_words: bool = False
    is_answered: bool = True
    is_known: bool = True

    @property
    def has_backpressure(self) -> bool:
        """Whether a client that sends and does not read must be held up."""
        return "backpressure" not in self.unjudged


EVERYTHING = ServiceScope()


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


@runtime_checkable
class HasScope(Protocol):
    """A service of which not everything can be judged."""

    @property
    def scope(self) -> ServiceScope:
        """What can be."""


def scope_of(service: Service) -> ServiceScope:
    """Return what can be judged of a service."""
    return service.scope if isinstance(service, HasScope) else EVERYTHING
