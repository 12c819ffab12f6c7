"""Shrinking a defect that shows in one run of many.

A single run of such a case proves nothing, so the rate of the first case is estimated. A smaller
case then gets as many runs as would show the defect at that rate, and is accepted when it has
failed once. A case that fails less often is less likely to be accepted, so that the rate falls
slowly if at all. A rate below one in SELDOM is not followed: a replay would take too long.
"""

import math
from collections.abc import Callable

from properties.model.steps import Workload
from properties.search.reproduction import Reproductions
from properties.search.shrinker import minimise

SELDOM = 500
"""Runs of one case in which the defect must show once."""

ESTIMATED = 2
"""Failures after which the rate of a case counts as known."""

ASSURANCE = 2.0
"""Failures to be expected in the runs of a smaller case: there is none in 1 of 7."""

MEASURED = 4
"""Failures of the smallest case after which its rate has been measured."""

BUDGETS = (10.0, 14.0, 16.0)
"""Seconds since the search began, at which estimating, shrinking and measuring end."""


def search(
    starts: list[Workload],
    runs: Reproductions,
    elapsed: Callable[[], float],
    limit: float = math.inf,
) -> Workload:
    """Return the smallest workload found that fails sometimes; `runs` has its rate.

    Returns the first of the starts where none of them failed again. Ends after `limit` seconds.
    """
    estimating, shrinking, measuring = (min(budget, limit) for budget in BUDGETS)
    start = _most_frequent(starts, runs, lambda: elapsed() < estimating)
    if not runs.failures(start):
        return start
    given = min(SELDOM, math.ceil(ASSURANCE * runs.times(start) / runs.failures(start)))

    def fails_within(workload: Workload) -> bool:
        while not runs.failures(workload) and runs.times(workload) < given:
            if elapsed() >= shrinking:
                return False
            runs.fails(workload)
        return bool(runs.failures(workload))

    smallest = minimise(start, fails_within, lambda: elapsed() < shrinking)
    while runs.failures(smallest) < MEASURED and runs.times(smallest) < MEASURED * SELDOM:
        if elapsed() >= measuring:
            break
        runs.fails(smallest)
    return smallest


def _most_frequent(
    starts: list[Workload], runs: Reproductions, may_go_on: Callable[[], bool]
) -> Workload:
    """Run all in turn until the rate of one is known; return the one that failed most often."""
    for _ in range(SELDOM):
        for start in starts:
            if runs.failures(start) >= ESTIMATED or not may_go_on():
                return max(starts, key=runs.rate)
            runs.fails(start)
    return max(starts, key=runs.rate)
