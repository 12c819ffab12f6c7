"""What a record must look like, so that what comes from elsewhere fails in one sentence."""

from typing import Any

Shape = Any
"""A type, or several; a list of what each item is; a mapping of fields, EACH for all others."""

EACH = "*"
NUMBER = (int, float)

FAILURE = {"case": dict, "first_steps": int, "path": str}
CELL = {
    "counts": {EACH: int},
    "reasons": {EACH: str},
    "unremarkable": [str],
    "missed": str,
    "levels": {EACH: str},
    "failures": [FAILURE],
}
FINDINGS = {
    "family": str,
    "workloads": int,
    "seconds": NUMBER,
    "unfired": int,
    "connections": int,
    "bytes": int,
    "remark": str,
    "notes": [str],
    "known": {EACH: list},
    "swept": {EACH: {EACH: str}},
    "cells": {EACH: CELL},
    "control": {EACH: CELL},
}
PART = {
    "kind": str,
    "id": str,
    "family": str,
    "workloads": int,
    "is_known": bool,
    "choices": [[str]],
}
KNOWN = {"invariant": str, "fault": str, "message": str, "why": str, "sometimes": bool}
RECORD = {
    "platform": str,
    "versions": {"anechoic": str, EACH: str},
    "role": str,
    "target": str,
    "words": (list, type(None)),
    "host": str,
    "port": (int, type(None)),
    "service": str,
    "seed": int,
    "level": str,
    "exhaustive": bool,
    "shard": (dict, type(None)),
    "families": [str],
    "invariants": [str],
    "baseline": {"path": str, "known": [{**KNOWN, "level": (str, type(None))}]},
    "parts": [PART],
    "elsewhere": [PART],
    "findings": [FINDINGS],
    "parts_done": int,
    "interrupted": bool,
    "seconds": NUMBER,
    "errors": [str],
    "target_errors": [str],
    "unwritten": [str],
    "left_out": [str],
}
SHARD = {"number": int, "of": int}


def misshapen(value: Any, shape: Shape, where: str = "record") -> str:
    """Return the place of what does not have its shape, "" where all have."""
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
