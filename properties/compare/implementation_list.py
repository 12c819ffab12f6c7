"""Lists of implementations: TOML files, and the one that comes with the project.

[[implementation]]
name = "socat EXEC:cat"
command = ["socat", "TCP-LISTEN:{port},bind={host},fork,reuseaddr", "EXEC:cat"]
needs = { package = "socat" }
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from properties.compare.implementation import Implementation
from properties.model.target_spec import RoleName
from properties.running.errors import UsageError
from properties.running.toml_tables import read_tables

LONGEST_NAME = 60
"""In characters, so that tables fit beside it."""

READY = Path(__file__).parent / "implementations.toml"
"""The list that comes with the project."""


def read(path: Path) -> tuple[Implementation, ...]:
    """Return the implementations of a list. Raises UsageError."""
    entries = read_tables(path, "implementation", "implementation")
    if not entries:
        raise UsageError(f"{path} has no [[implementation]]")
    here = path.parent.resolve()
    made = tuple(_implementation(entry, here, where) for where, entry in entries)
    identifiers = [one.identifier for one in made]
    for one in made:
        if identifiers.count(one.identifier) > 1:
            raise UsageError(f"{path}: two implementations are called {one.name!r}")
    return made


def _implementation(entry: dict[str, Any], here: Path, where: str) -> Implementation:
    needs = entry.pop("needs", {})
    if not isinstance(needs, dict):
        raise UsageError(f"{where}: needs must be a table, as in needs = {{ package = 'socat' }}")
    values: dict[str, Any] = {}
    for given, readers in ((entry, OF_AN_ENTRY), (needs, OF_NEEDS)):
        for key, value in given.items():
            if key not in readers:
                raise UsageError(f"{where}: there is no {key!r}; known are {', '.join(readers)}")
            field, read_value = readers[key]
            try:
                values[field] = read_value(value)
            except ValueError as error:
                raise UsageError(f"{where}: {key} = {value!r} {error}") from None
    if not values.get("name"):
        raise UsageError(f"{where} has no name")
    if values.get("address") and values.get("role") is RoleName.CLIENT:
        raise UsageError(f"{where}: a client is given by its command")
    if bool(values.get("command")) == bool(values.get("address")):
        raise UsageError(f"{where}: give {values['name']!r} a command or an address")
    _require_effect(entry, values, where)
    return Implementation(here=here, **values)


def _require_effect(entry: Mapping[str, Any], values: Mapping[str, Any], where: str) -> None:
    """Raise UsageError for keys that nobody would look at."""
    for applies, keys, why in WITHOUT_EFFECT:
        if applies(values) and (idle := [key for key in keys if key in entry]):
            raise UsageError(f"{where}: {' and '.join(idle)} would have no effect: {why}")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be text in quotes")
    return " ".join(value.split()) if "\n" in value else value


def _name(value: Any) -> str:
    name = _text(value)
    if len(name) > LONGEST_NAME or not any(letter.isalnum() for letter in name):
        raise ValueError(f"must have letters or digits, and {LONGEST_NAME} characters at most")
    return name


def _port(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65536:
        raise ValueError("must be a number from 1 to 65535")
    return value


def _words(value: Any) -> tuple[str, ...]:
    """Return a list of words, or split a line as a shell would."""
    if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        return tuple(value)
    if isinstance(value, str) and value.strip():
        return tuple(shlex.split(value))
    raise ValueError("must be text in quotes, or a list of such words")


def _role(value: Any) -> RoleName:
    try:
        return RoleName(value)
    except ValueError:
        raise ValueError("must be 'server' or 'client'") from None


def _variables(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError("must be a table of texts in quotes")
    for name, text in value.items():
        if not name or "=" in name or "\0" in name + text:
            raise ValueError(f"has {name!r}, which is no variable")
    return tuple(value.items())


Readers = dict[str, tuple[str, Callable[[Any], Any]]]

OF_AN_ENTRY: Readers = {
    "name": ("name", _name),
    "role": ("role", _role),
    "command": ("command", _words),
    "address": ("address", _text),
    "port": ("port", _port),
    "service": ("service", _text),
    "options": ("options", _words),
    "compile": ("compiler", _words),
    "environment": ("environment", _variables),
    "model": ("model", _text),
    "about": ("about", _text),
    "deviation": ("deviation", _text),
}
"""The keys of an entry: the field of an implementation, and how its value is read."""

OF_NEEDS: Readers = {
    "programs": ("programs", _words),
    "module": ("module", _text),
    "package": ("package", _text),
}

WITHOUT_EFFECT: tuple[tuple[Callable[[Mapping[str, Any]], bool], tuple[str, ...], str], ...] = (
    (
        lambda values: "address" in values,
        ("port", "compile", "environment"),
        "a server with an address is not started; leave that out, or give a command instead",
    ),
    (
        lambda values: values.get("role") is RoleName.CLIENT,
        ("port",),
        "a client does not listen; leave it out",
    ),
    (
        lambda values: "compiler" not in values,
        ("environment",),
        "it is for compile, which is missing; leave it out, or add compile",
    ),
)
"""Where keys of an entry would have no effect, which ones, and why."""
