"""What a case file may hold: its fields checked as options are, and how large it may be.

A case may come from anywhere, with somebody's repository, and may have been edited by hand.
"""

import ipaddress
import json
import math
import reprlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from properties.cases.codec import DamagedError
from properties.model.bounds import bounded
from properties.model.role import Role
from properties.model.settings import signals_called
from properties.services.expressions import compiled
from properties.services.table import table_of
from properties.services.user_files import MOST_DEPTH, content_of, require_depth
from target.chamber import Network
from target.surroundings import Input

MOST_STEPS = 10_000
"""Steps of a workload."""

MOST_CLIENTS = 10_000
"""Different clients in a workload."""

MOST_IN_A_STEP = {"count": 10_000, "client": 1_000_000}
"""The largest number in a step, by its field."""

MOST_OTHERWISE = 1 << 30
"""That of all other fields: bytes, mostly."""


def read_json(path: Path) -> Any:
    """Return what a file holds. Raises OSError; DamagedError for what is no JSON of our size."""
    return parsed(content_of(path, DamagedError))


def parsed(content: bytes) -> Any:
    """Return what JSON text holds. Raises DamagedError."""
    try:
        data = json.loads(content.decode(), parse_constant=_number_of, parse_float=_number_of)
    except RecursionError:
        raise DamagedError(f"it is nested in more than {MOST_DEPTH} levels") from None
    except ValueError as error:
        raise DamagedError(f"it is not JSON: {error}") from None
    require_depth(data, DamagedError)
    return data


def _number_of(words: str) -> float:
    """Return a number. Raises ValueError for one that is none in JSON, or too large."""
    number = float(words)
    if not math.isfinite(number):
        raise ValueError(f"{words} is no number that can be read")
    return number


def require_fields(data: Mapping[str, Any], role: Role) -> None:
    """Raise DamagedError, naming the field, where a field of a case is not valid."""
    for name, check in _CHECKS.items():
        if data.get(name) is not None:
            try:
                check(data[name])
            except (ValueError, TypeError) as error:
                raise DamagedError(
                    f"the field {name!r} is {reprlib.repr(data[name])}: {error}"
                ) from None
    for name in ("failed", "times"):
        _require(name, data.get(name, 0), lambda n: type(n) is int and 0 <= n < 10**6, "a count")
    if data.get("failed", 0) > data.get("times", 0):
        raise DamagedError("the field 'failed' is greater than 'times'")
    if "fault" in data and data["fault"] not in [family.name for family in role.all_families]:
        raise DamagedError(f"no fault family is called {data['fault']!r}")
    _require_workload(data.get("workload"))


def _require(name: str, value: Any, holds: Callable[[Any], bool], what: str) -> None:
    if not holds(value):
        raise DamagedError(f"the field {name!r} is {reprlib.repr(value)}, not {what}")


def _number(name: str) -> Callable[[Any], object]:
    return lambda value: bounded(name, value)


def _words(value: Any) -> None:
    is_list = isinstance(value, list) and all(isinstance(word, str) for word in value)
    if not is_list or not value or not value[0] or any("\0" in word for word in value):
        raise ValueError("must be a list of words")


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise ValueError("must be text")


def _expression(value: Any) -> None:
    _text(value)
    compiled(value)


def _address(value: Any) -> None:
    _text(value)
    ipaddress.ip_address(value)


def _variables(value: Any) -> None:
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    for name, content in value.items():
        if not name or "=" in name or not isinstance(content, str) or "\0" in name + content:
            raise ValueError(f"{name!r} must be a name with text")


def _table(value: Any) -> None:
    table_of(value, "it")


def _signals(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("must be a list of names")
    signals_called(value)


def _one_of(*known: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in known:
            raise ValueError(f"must be one of {', '.join(known)}")

    return check


_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "command": _words,
    "host": _address,
    "port": _number("port"),
    "max_connections": _number("max_connections"),
    "max_rate": _number("max_rate"),
    "patience": _number("patience"),
    "start_timeout": _number("start_timeout"),
    "cwd": _text,
    "env": _variables,
    "stdin": _one_of(*(one.value for one in Input)),
    "network": _one_of(*(one.value for one in Network)),
    "service": _text,
    "service_table": _table,
    "signal": _signals,
    "no_signal": _signals,
    "actual": _text,
    "eof_report": _expression,
    "reset_report": _expression,
    "unreachable_report": _expression,
}
"""By the name of a field: what raises ValueError, in words, where its value is not valid."""


def _require_workload(steps: Any) -> None:
    if not isinstance(steps, list):
        raise DamagedError("the workload is not a list of steps")
    if len(steps) > MOST_STEPS:
        raise DamagedError(f"the workload has more than {MOST_STEPS:,} steps")
    clients: set[int] = set()
    for place, step in enumerate(steps, 1):
        _require_numbers(step, "", f"step {place}", clients)
    if len(clients) > MOST_CLIENTS:
        raise DamagedError(f"the workload has more than {MOST_CLIENTS:,} clients")


def _require_numbers(value: Any, field: str, where: str, clients: set[int]) -> None:
    """Check every number of a step; note clients: those in lists, and in fields of that name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _require_numbers(inner, name, where, clients)
    elif isinstance(value, list):
        for inner in value:
            _require_numbers(inner, "client", where, clients)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        most = MOST_IN_A_STEP.get(field, MOST_OTHERWISE)
        if not 0 <= value <= most:
            raise DamagedError(f"{where}, field {field!r} is {value}, not from 0 to {most:,}")
        if field == "client":
            clients.add(int(value))
