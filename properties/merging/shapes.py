"""What a record must look like, so that what comes from elsewhere fails in one sentence."""

from types import FunctionType
from typing import Any

from properties.model.bounds import bounded
from properties.running.division.shard import is_shard

Shape = Any
"""A type, or several; a list of what each item is; a mapping of fields, EACH for all others; or a
function that says whether a value is right."""

EACH = "*"

MOST = 2**63 - 1
"""No count and no time of a run is greater."""


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


def _seconds(value: Any) -> bool:
    # NaN is not within any bounds.
    return type(value) in (int, float) and 0 <= value <= MOST


def _seed(value: Any) -> bool:
    return value is not None and _is_within("seed", value)


def _port(value: Any) -> bool:
    return _is_within("port", value)


def _is_within(name: str, value: Any) -> bool:
    try:
        bounded(name, value)
    except ValueError:
        return False
    return True


def _command(value: Any) -> bool:
    """Return whether it is the words of a command, None for an address."""
    return value is None or (_names(value) and bool(value) and bool(value[0]))


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _names_once(value: Any) -> bool:
    return _names(value) and len(set(value)) == len(value)


def _shard(value: Any) -> bool:
    """Return whether it is a shard, None for a whole run."""
    if not isinstance(value, dict):
        return value is None
    is_whole = all(type(one) is int for one in value.values())
    return is_whole and value.keys() == {"number", "of"} and is_shard(**value)


def _met(value: Any) -> bool:
    """Return whether it is how often an entry of the baseline was met, and what was seen."""
    is_pair = isinstance(value, list) and len(value) == 2
    return is_pair and _count(value[0]) and isinstance(value[1], str)


def _choice(value: Any) -> bool:
    return _names(value) and len(value) == 2


FAILURE = {"case": dict, "first_steps": _count, "path": str}
CELL = {
    "counts": {EACH: _count},
    "reasons": {EACH: str},
    "unremarkable": [str],
    "missed": str,
    "levels": {EACH: str},
    "failures": [FAILURE],
}
FINDINGS = {
    "family": str,
    "workloads": _count,
    "seconds": _seconds,
    "unfired": _count,
    "connections": _count,
    "bytes": _count,
    "remark": str,
    "notes": [str],
    "known": {EACH: _met},
    "swept": {EACH: {EACH: str}},
    "cells": {EACH: CELL},
    "control": {EACH: CELL},
}
PART = {
    "kind": str,
    "id": str,
    "family": str,
    "workloads": _count,
    "is_known": bool,
    "choices": [_choice],
}
KNOWN = {
    "invariant": str,
    "fault": str,
    "message": str,
    "why": str,
    "sometimes": bool,
    "level": (str, type(None)),
    EACH: str,
}
RECORD = {
    "platform": str,
    "versions": {"anechoic": str, EACH: str},
    "role": str,
    "target": str,
    "words": _command,
    "host": str,
    "port": _port,
    "service": str,
    "seed": _seed,
    "level": str,
    "exhaustive": bool,
    "shard": _shard,
    "families": _names_once,
    "invariants": _names_once,
    "baseline": {"path": str, "known": [KNOWN]},
    "parts": [PART],
    "elsewhere": [PART],
    "findings": [FINDINGS],
    "parts_done": _count,
    "interrupted": bool,
    "seconds": _seconds,
    "errors": [str],
    "target_errors": [str],
    "unwritten": [str],
    "left_out": [str],
}


def misshapen(value: Any, shape: Shape, where: str = "record") -> str:
    """Return the place of what does not have its shape, "" where all have."""
    if isinstance(shape, FunctionType):
        return "" if shape(value) else where
    if isinstance(shape, list):
        inner = [(str(place), one, shape[0]) for place, one in _items(value, list)]
        kind: Any = list
    elif isinstance(shape, dict):
        inner = [(name, one, shape.get(name, shape.get(EACH))) for name, one in _items(value, dict)]
        kind = dict
        if isinstance(value, dict) and shape.keys() - {EACH} - value.keys():
            return f"{where}.{min(shape.keys() - {EACH} - value.keys())}"
    else:
        inner, kind = [], shape
    if not isinstance(value, kind):
        return where
    found = (misshapen(v, s, f"{where}.{name}") for name, v, s in inner if s is not None)
    return next(filter(None, found), "")


def _items(value: Any, kind: type) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items()) if kind is dict else []
    return list(enumerate(value)) if isinstance(value, list) and kind is list else []
