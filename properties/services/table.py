"""A service that is a table: what a client may send, and what the server answers to each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from properties.model.oracle import ServiceScope
from properties.services.builtin import NOT_HELD_UP
from properties.services.dialogue import Dialogue
from properties.services.exchanges import Exchange, Exchanges, HalfClose, Script
from properties.services.expressions import compiled
from properties.services.toml_file import read_toml
from target.errors import ShownError

FIELDS = ("greeting", "greeting_matches", "half_close", "pipelined", "exchange")
EXCHANGE_FIELDS = ("send", "expect", "matches", "closes", "first", "open_ended")

SUFFIX = ".toml"


class ServiceError(ShownError, ValueError):
    """A service cannot be used; the message says why and what to do, in one sentence."""


@dataclass(frozen=True)
class Table:
    """A service. `name` is that of its file, `data` what it was read from, for saved cases."""

    name: str
    data: Mapping[str, Any]
    script: Script

    scope = ServiceScope(dict([NOT_HELD_UP]), in_own_words=True)

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return Exchanges(self.script)


def read_table(path: Path) -> Table:
    """Return the table in a file. Raises ServiceError."""
    return table_of(read_toml(path, ServiceError), str(path))


def table_of(data: Any, name: str) -> Table:
    """Return the table that the data of a file, or of a case, describe. Raises ServiceError."""
    _require_fields(data, FIELDS, name)
    entries = data.get("exchange", [])
    if not isinstance(entries, list):
        raise ServiceError(f"{name}: write each exchange as a table [[exchange]]")
    exchanges = [
        _exchange(entry, f"{name}, exchange {number}") for number, entry in enumerate(entries, 1)
    ]
    greeting = _greeting(data, name)
    if not exchanges and greeting is None:
        raise ServiceError(f"{name}: it has neither a greeting nor an exchange: add [[exchange]]")
    half_close = data.get("half_close", HalfClose.ANSWERS.value)
    if half_close not in [one.value for one in HalfClose]:
        raise ServiceError(f'{name}: half_close = {half_close!r} must be "answers" or "ends"')
    pipelined = _flag(data, "pipelined", name, otherwise=True)
    script = Script(tuple(exchanges), greeting, HalfClose(half_close), pipelined)
    return Table(name, data, script)


def _exchange(entry: Any, where: str) -> Exchange:
    _require_fields(entry, EXCHANGE_FIELDS, where)
    send = _bytes(entry, "send", where)
    if not send:
        raise ServiceError(f'{where}: say what is sent: send = "..."')
    if ("expect" in entry) == ("matches" in entry):
        raise ServiceError(f"{where}: say what is owed, either expect or matches")
    answer = (
        _pattern(entry, "matches", where) if "matches" in entry else _bytes(entry, "expect", where)
    )
    exchange = Exchange(
        send,
        answer,
        closes=_flag(entry, "closes", where),
        first=_flag(entry, "first", where),
        open_ended=_flag(entry, "open_ended", where),
    )
    if exchange.open_ended and not exchange.closes:
        raise ServiceError(f"{where}: open_ended is for an answer that ends with the connection")
    return exchange


def _greeting(data: Mapping[str, Any], where: str) -> bytes | re.Pattern[bytes] | None:
    if "greeting_matches" in data:
        if "greeting" in data:
            raise ServiceError(f"{where}: leave out greeting or greeting_matches")
        return _pattern(data, "greeting_matches", where)
    begins = _bytes(data, "greeting", where)
    if not begins or begins.endswith(b"\n"):
        return begins or None
    return re.compile(re.escape(begins) + rb"[^\n]*\n")


def _require_fields(data: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(data, dict):
        raise ServiceError(f"{where}: write it as a table with {', '.join(known)}")
    for name in data:
        if name not in known:
            raise ServiceError(f"{where}: there is no {name!r}; known are {', '.join(known)}")


def _bytes(data: Mapping[str, Any], name: str, where: str) -> bytes:
    text = data.get(name, "")
    if not isinstance(text, str):
        raise ServiceError(f"{where}: {name} = {text!r} must be text in quotes")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        character = text[error.start]
        raise ServiceError(
            f"{where}: {name} has {character!r}, which is no byte: write each byte of it as \\u00XX"
        ) from None


def _pattern(data: Mapping[str, Any], name: str, where: str) -> re.Pattern[bytes]:
    try:
        pattern = compiled(_bytes(data, name, where), re.DOTALL)
    except ValueError as error:
        raise ServiceError(f"{where}: {name} {error}") from None
    if pattern.match(b""):
        raise ServiceError(f"{where}: {name} matches nothing at all: write what must come")
    return pattern


def _flag(data: Mapping[str, Any], name: str, where: str, *, otherwise: bool = False) -> bool:
    value = data.get(name, otherwise)
    if not isinstance(value, bool):
        raise ServiceError(f"{where}: {name} = {value!r} must be true or false")
    return value
