"""Services for clients under test: the server that we play owes what the client has sent.

A table is played as far as its answers are exact bytes and leave the connection open: what is typed
are its requests, and an answer follows when a request has come whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from faults.payloads import Payload
from properties.services.builtin import Unknown
from properties.services.dialogue import Dialogue, Request
from properties.services.exchanges import Exchange, Exchanges, Script
from properties.services.table import ServiceError, Table


@dataclass(frozen=True)
class PlayedTable(Table):
    """A table that we keep to."""

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return Answering(self.script)


def played(table: Table) -> PlayedTable:
    """Return what can be played of a table. Raises ServiceError where nothing can."""
    script = table.script
    exact = tuple(one for one in script.exchanges if isinstance(one.answer, bytes))
    staying = tuple(one for one in exact if not one.closes)
    if not any(one.answer for one in staying):
        raise ServiceError(
            f"{table.name}: a client is answered with exact bytes: add an exchange with expect "
            "that does not close"
        )
    if script.greeting is not None and not isinstance(script.greeting, bytes):
        raise ServiceError(
            f"{table.name}: a client is greeted with exact bytes: write the whole line"
        )
    return PlayedTable(table.name, table.data, replace(script, exchanges=staying))


class PlayedUnknown(Unknown):
    """A client of which it is not known what it is owed gets what it has sent."""

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return _SendingBack()


class _SendingBack(Dialogue):
    def sent(self, data: bytes) -> bytes:
        """Send it back."""
        return data


class Answering(Dialogue):
    """The server's side of a conversation: what has come is taken for requests."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._asking = Exchanges(script)
        self._rest = b""

    @property
    def greeting(self) -> bytes:
        """What the server says by itself."""
        said = self._script.greeting
        return said if isinstance(said, bytes) else b""

    def requests(self, payload: Payload, client: int) -> Sequence[Request]:
        """Return what is typed for a payload."""
        return self._asking.requests(payload, client)

    def sent(self, data: bytes) -> bytes:
        """Owe the answers to the requests that are complete now."""
        self._rest += data
        owed = b""
        while (one := self._first()) is not None:
            self._rest = self._rest[len(one.send) :]
            owed += one.answer if isinstance(one.answer, bytes) else b""
        return owed

    def _first(self) -> Exchange | None:
        begun = (one for one in self._script.exchanges if self._rest.startswith(one.send))
        return max(begun, key=lambda one: len(one.send), default=None)
