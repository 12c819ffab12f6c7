"""The bounds of every number that a user can give, on the command line, in a case or in Python.

A number outside of them would be no test, or one that nobody waits for.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest value, and whether it counts: a whole number."""

    least: float
    most: float
    whole: bool = True

    def __str__(self) -> str:
        return f"from {self.least:,} to {self.most:,}"


BOUNDS = {
    "port": Bounds(1, 65535),
    "max_examples": Bounds(1, 1_000_000),
    "seed": Bounds(-(2**63), 2**63 - 1),
    "patience": Bounds(0.01, 3600.0, whole=False),
    "max_connections": Bounds(1, 100_000),
    "max_rate": Bounds(0.01, 1_000_000.0, whole=False),
    "workers": Bounds(0, 256),
    "times": Bounds(1, 100_000),
    "start_timeout": Bounds(0.1, 3600.0, whole=False),
    "jobs": Bounds(1, 256),
    "nth": Bounds(1, 1_000_000_000),
    "bytes": Bounds(1, 0x7FFFF000),
}
"""By the name of the option. No read or write moves more bytes than the last (read(2))."""

LEAST_SECONDS, MOST_SECONDS = 0.1, 30 * 24 * 3600.0
"""The shortest and the longest `--max-time`."""


def bounded(name: str, value: Any) -> Any:
    """Return a number, or None for one that was not given. Raises ValueError, in words."""
    if value is None:
        return None
    bounds = BOUNDS[name]
    is_number = isinstance(value, int if bounds.whole else int | float)
    if not is_number or isinstance(value, bool) or not bounds.least <= value <= bounds.most:
        kind = "a whole number" if bounds.whole else "a number"
        raise ValueError(f"must be {kind} {bounds}")
    return value
