"""The order of the tests: the longest first, dealt out to the workers in turn.

How long each took is in `durations.json`, in seconds by test function; a test that is not in it
counts as short. `hints.json` has, for each mutant, the part of the search in which its mistake was
found, and which is tried first the next time. `pytest -n auto --keep-durations` writes both anew.
They are hints and nothing more: a stale one costs time, not correctness.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

KEPT = Path(__file__).parent / "durations.json"
HINTS = Path(__file__).parent / "hints.json"

HINT = "part"
"""The property of a test that has looked for a mutant's mistake: the part that showed it."""

SHORTEST = 1.0
"""Seconds from which a test function is in the file."""


def longest_first(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests in an order in which each worker's share begins with its longest.

    pytest-xdist's worksteal gives the first worker the first of as many equal parts as there are
    workers, and so on; one that has nothing left takes from the end of another's part.
    """
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    ordered = sorted(items, key=lambda item: -known.get(function_of(item.nodeid), 0.0))
    return [item for worker in range(workers) for item in ordered[worker::workers]]


def function_of(test: str) -> str:
    """Return the id of a test without its parameters."""
    return test.partition("[")[0]


class Durations:
    """Adds up how long tests take, and writes the file at the end."""

    def __init__(self) -> None:
        self._seconds: dict[str, dict[str, float]] = {}
        self._hints: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the time of a test's setup, call or teardown, and keep its hint."""
        tests = self._seconds.setdefault(function_of(report.nodeid), {})
        tests[report.nodeid] = tests.get(report.nodeid, 0.0) + report.duration
        if (part := dict(report.user_properties).get(HINT)) is not None:
            assert isinstance(part, int)
            self._hints[report.nodeid.partition("[")[2].removesuffix("]")] = part

    def pytest_sessionfinish(self) -> None:
        """Write the mean of each function's tests, and the hints."""
        means = {name: sum(tests.values()) / len(tests) for name, tests in self._seconds.items()}
        kept = {name: round(mean, 1) for name, mean in sorted(means.items()) if mean >= SHORTEST}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n")
        hints = {**kept_hints(), **self._hints}
        HINTS.write_text(json.dumps(hints, indent=1, sort_keys=True) + "\n")


@cache
def kept_hints() -> dict[str, int]:
    """Return the hints that were kept, by the names of the mutants."""
    return dict(json.loads(HINTS.read_text())) if HINTS.exists() else {}
