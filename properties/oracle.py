"""What a server owes for what it was sent: the one place that knows that the service is echo.

An oracle starts a conversation for each connection. The conversation is told what the kernel took
from the client, and answers which bytes the server now owes in addition. Another service is another
oracle: upper case returns `data.upper()`; a line protocol keeps a buffer and owes nothing before a
newline, and whatever it then must at the end of the input.
"""

from typing import Protocol


class Conversation(Protocol):
    """One connection, seen from the service's definition."""

    def sent(self, data: bytes) -> bytes:
        """The client has sent `data`; return what is owed in addition."""

    def ended(self) -> bytes:
        """The client has ended its side; return what is owed in addition."""


class Oracle(Protocol):
    """A service: makes a conversation for each connection."""

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
