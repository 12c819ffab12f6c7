"""A conversation that says more than how many bytes are owed: what is sent, and when it may end.

A `Conversation` of the oracle is sent the payloads of workloads and faults as they are, and each
byte that is owed is known. A dialogue is one that translates payloads into requests of its own
protocol, compares what comes by itself, and says whether the server may end the connection.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faults.payloads import Payload
from properties.engine.byte_streams import Differs, ExpectedBytes
from properties.model.oracle import Conversation


@dataclass(frozen=True)
class Request:
    """Bytes that a client sends without waiting: `length` of these chunks."""

    chunks: Iterable[bytes]
    length: int


class Dialogue:
    """One connection. As it stands nothing is ever owed (RFC 863).

    `is_answered`: False where no answer tells that the server has read a request. `takes_turns`: a
    request is sent only when the answer to the one before has come. `is_endless`: the server sends
    without end, so that a client reads what it waits for and ends the connection by closing it.
    """

    is_answered = True
    is_endless = False
    takes_turns = False

    def stream(self, differs: Differs) -> ExpectedBytes:
        """Return what compares the bytes that come. Called once, when the client connects."""
        return ExpectedBytes(differs)

    def requests(self, payload: Payload, client: int) -> Sequence[Request]:
        """Return what this client sends for a payload; empty where there is nothing to send."""
        return [Request(payload.chunks(client), payload.length)]

    @property
    def greeting(self) -> bytes:
        """What a server that we play says by itself."""
        return b""

    def dropped(self) -> None:
        """Note that requests which the kernel has not taken are not sent after all."""

    def sent(self, data: bytes) -> bytes:
        """Note what the kernel has taken; return the bytes that are owed in addition."""
        del data
        return b""

    def ended(self) -> bytes:
        """Note the client's FIN; return the bytes that are owed in addition."""
        return b""

    def may_end(self, *, by_reset: bool) -> bool:
        """Return whether the server may have ended the connection now, of its own accord."""
        del by_reset
        return False


def stream_of(conversation: Conversation, differs: Differs) -> ExpectedBytes:
    """Return what compares the bytes that come to a client."""
    if isinstance(conversation, Dialogue):
        return conversation.stream(differs)
    return ExpectedBytes(differs)


def requests_of(conversation: Conversation, payload: Payload, client: int) -> Sequence[Request]:
    """Return what a client sends for a payload: the payload itself, unless it is translated."""
    if isinstance(conversation, Dialogue):
        return conversation.requests(payload, client)
    return [Request(payload.chunks(client), payload.length)]


def greeting_of(conversation: Conversation) -> bytes:
    """Return what a server that we play says by itself."""
    return conversation.greeting if isinstance(conversation, Dialogue) else b""


def takes_turns(conversation: Conversation) -> bool:
    """Return whether a request must wait for the answer to the one before."""
    return isinstance(conversation, Dialogue) and conversation.takes_turns


def is_endless(conversation: Conversation) -> bool:
    """Return whether the server sends without end."""
    return isinstance(conversation, Dialogue) and conversation.is_endless


def drop(conversation: Conversation) -> None:
    """Note that requests which the kernel has not taken are not sent after all."""
    if isinstance(conversation, Dialogue):
        conversation.dropped()


def may_end(conversation: Conversation, *, by_reset: bool) -> bool:
    """Return whether the service lets the server end the connection now."""
    return isinstance(conversation, Dialogue) and conversation.may_end(by_reset=by_reset)
