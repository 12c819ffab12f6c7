"""The rules of `anechoic gate`, made of its options in the order in which they were given."""

from collections.abc import Iterable, Iterator
from typing import Any

from properties.gated.options import RULES
from properties.gated.rules import ALWAYS, GateRule, fail, hold, shorten
from properties.running.errors import UsageError

LONGEST_NUMBER = 20
"""Digits."""

OF_A_HOLD = {"until", "signal", "patience"}

Given = tuple[str, Any]


def rules_of(in_order: Iterable[Given]) -> tuple[GateRule, ...]:
    """Return the rules. Raises UsageError, which names the option that is at fault."""
    rules = tuple(_rule(*one) for one in _grouped(in_order))
    if not rules:
        raise UsageError("there is no rule: give --fail, --short or --hold; --list shows the calls")
    return rules


def _grouped(in_order: Iterable[Given]) -> Iterator[tuple[Given, dict[str, Any]]]:
    """Return each rule with what belongs to it."""
    for_all: dict[str, Any] = {}
    groups: list[tuple[Given, dict[str, Any]]] = []
    for name, value in in_order:
        if value in ("", 0) and name != "times":
            raise UsageError(f"--{name.replace('_', '-')} {value!r}: leave it out, or say which")
        if name in RULES:
            groups.append(((name, value), dict(for_all)))
        else:
            (groups[-1][1] if groups else for_all)[name] = value
    yield from groups


def _rule(begins: Given, options: dict[str, Any]) -> GateRule:
    name, value = begins
    if "times" in options:
        options["times"] = options["times"] or ALWAYS
    if name != "hold":
        _forbid(name, options, OF_A_HOLD)
    if name != "fail":
        _forbid(name, options, {"unlawful"})
    try:
        if name == "hold":
            return hold(value, **options)
        call, after = _divided(name, value)
        if name == "fail":
            return fail(call, after, **options)
        if not after.isdecimal():
            raise UsageError(f"{after!r} is no number of bytes")
        # int() refuses thousands of digits; a number that long is refused by its size.
        return shorten(call, int(after[:LONGEST_NUMBER]), **options)
    except UsageError as error:
        raise UsageError(f"--{name} {value}: {error}") from None


def _divided(name: str, value: str) -> tuple[str, str]:
    call, colon, after = value.partition(":")
    if not colon or not after:
        example = "accept:ECONNABORTED" if name == "fail" else "read:1"
        raise UsageError(f"a call, a colon and what becomes of it are needed, as in {example}")
    return call, after


def _forbid(name: str, options: dict[str, Any], forbidden: set[str]) -> None:
    for found in forbidden & options.keys():
        raise UsageError(f"--{name}: --{found} does not belong to it")
