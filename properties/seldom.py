"""Shrinking a defect that shows in one run of many.

A single run says nothing of such a case, so the rate of the case to begin with is estimated first.
A smaller one is then given as many runs as would show the defect at that rate, and is taken when it
has shown it once. One that fails less often has less of a chance to be taken, so that the rate
falls slowly if at all; below one in SELDOM it is not followed: a replay would take too long.
"""

import math
from collections.abc import Callable

from properties.minimise import minimise
from properties.runs import Runs
from properties.steps import Workload

SELDOM = 500
"""Runs of one case in which the defect must show once."""

ESTIMATED = 2
"""Failures after which the rate of a case counts as known."""

ASSURANCE = 2.0
"""Failures that are to be expected in the runs given to a smaller case: none comes in 1 of 7."""

MEASURED = 4
"""Failures of the smallest case after which its rate has been measured."""

BUDGETS = (40.0, 60.0, 70.0)
"""Seconds since the search began until which rates are estimated, is shrunk, and is measured."""


def search(starts: list[Workload], runs: Runs, elapsed: Callable[[], float]) -> Workload:
    """Return the smallest workload found that fails now and then; `runs` knows how often.

    The first of the starts where none of them failed again.
    """
    estimating, shrinking, measuring = BUDGETS
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


def _most_frequent(starts: list[Workload], runs: Runs, may_go_on: Callable[[], bool]) -> Workload:
    """Run all in turn until the rate of one is known; return the one that failed most often."""
    for _ in range(SELDOM):
        for start in starts:
            if runs.failures(start) >= ESTIMATED or not may_go_on():
                return max(starts, key=runs.rate)
            runs.fails(start)
    return max(starts, key=runs.rate)
