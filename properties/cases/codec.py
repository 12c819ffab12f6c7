"""Workloads and histories as JSON that a person can read and edit, and back.

A step is `{"step": "open", "client": 1, "reading": "EAGER"}`, a fault `{"fault": "freeze"}`, an
event `{"event": "Received", "at": 0.0123, ...}`. Fields are those of the dataclasses, enumerations
are written as the names of their members. Fields that are left out get their defaults.
"""

import enum
import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from properties.model.events import Event
from properties.model.role import Vocabulary
from properties.model.steps import Inject, Step, Workload

NAMES_OF_CLIENTS = ("client", "loser")
"""Fields with these in their names hold numbers of clients: exchanges have negative ones."""


class DamagedError(Exception):
    """What was read is not valid; the message says where and why."""


# Writing.


def plain(value: Any) -> Any:
    """Return a value as JSON data."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def workload_as_data(workload: Workload, known: Vocabulary) -> list[dict[str, Any]]:
    """Return a workload as JSON data."""
    return [_step_as_data(step, known) for step in workload]


def _step_as_data(step: Step, known: Vocabulary) -> dict[str, Any]:
    if isinstance(step, Inject):
        return {"fault": step.fault.name, **plain(step.fault)}
    name = next(name for name, kind in known.steps.items() if kind is type(step))
    return {"step": name, **plain(step)}


def events_as_data(events: list[Event]) -> list[dict[str, Any]]:
    """Return the events of a history as JSON data."""
    return [{"event": type(event).__name__, **plain(event)} for event in events]


# Reading.


def workload_from_data(data: Any, known: Vocabulary) -> Workload:
    """Return the workload that the data describe. Raises DamagedError."""
    if not isinstance(data, list):
        raise DamagedError("the workload is not a list of steps")
    return tuple(
        _step_from_data(item, f"step {place}", known) for place, item in enumerate(data, 1)
    )


def _step_from_data(data: Any, where: str, known: Vocabulary) -> Step:
    if not isinstance(data, dict):
        raise DamagedError(f"{where} is not an object")
    rest = dict(data)
    if "fault" in rest:
        name = rest.pop("fault")
        kind = _known(known.faults, name, "fault", where)
        return Inject(_made(kind, rest, f"{where} ({name})"))
    name = rest.pop("step", None)
    step: Step = _made(_known(known.steps, name, "step", where), rest, f"{where} ({name})")
    return step


def events_from_data(data: Any, known: Vocabulary) -> list[Event]:
    """Return the events that the data describe. Raises DamagedError."""
    if not isinstance(data, list):
        raise DamagedError("the history is not a list of events")
    events: list[Event] = []
    for place, item in enumerate(data, 1):
        where = f"event {place}"
        if not isinstance(item, dict):
            raise DamagedError(f"{where} is not an object")
        rest = dict(item)
        name = rest.pop("event", None)
        events.append(_made(_known(known.events, name, "event", where), rest, f"{where} ({name})"))
    return events


def _known(table: dict[str, Any], name: Any, what: str, where: str) -> Any:
    if not isinstance(name, str) or name not in table:
        raise DamagedError(f"{where}: no {what} is called {name!r}; known are {', '.join(table)}")
    return table[name]


def _made(kind: type, data: dict[str, Any], where: str) -> Any:
    hints = typing.get_type_hints(kind)
    known: dict[str, Field[Any]] = {field.name: field for field in fields(kind)}
    for name in data:
        if name not in known:
            raise DamagedError(f"{where} has no field {name!r}; its fields are {', '.join(known)}")
    values = {}
    for name, field in known.items():
        if name in data:
            values[name] = _value(hints[name], data[name], f"{where}, field {name!r}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise DamagedError(f"{where}: the field {name!r} is missing")
    return kind(**values)


def _value(hint: Any, data: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is types.UnionType:
        return _of_union(hint, data, where)
    if origin in (tuple, frozenset):
        if not isinstance(data, list):
            raise DamagedError(f"{where} is not a list")
        inner = typing.get_args(hint)[0]
        return origin(_value(inner, item, where) for item in data)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(data, dict):
            raise DamagedError(f"{where} is not an object")
        return _made(hint, data, where)
    return _of_plain_type(hint, data, where)


def _of_union(hint: Any, data: Any, where: str) -> Any:
    if data is None:
        return None
    inner = next(part for part in typing.get_args(hint) if part is not types.NoneType)
    return _value(inner, data, where)


def _of_plain_type(hint: Any, data: Any, where: str) -> Any:
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        if isinstance(data, str) and data in hint.__members__:
            return hint[data]
        raise DamagedError(f"{where} is {data!r}; it may be {', '.join(hint.__members__)}")
    if hint is bytes and isinstance(data, str):
        return bytes.fromhex(data)
    if hint is float and isinstance(data, int | float):
        return float(data)
    if not isinstance(data, hint) or (hint is int and isinstance(data, bool)):
        raise DamagedError(f"{where} is {data!r}, not {hint.__name__}")
    if hint is int and data < 0 and not any(name in where for name in NAMES_OF_CLIENTS):
        raise DamagedError(f"{where} is {data}; it may not be negative")
    return data
