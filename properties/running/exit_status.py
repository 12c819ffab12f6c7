"""The exit statuses of the command line, and the worst of several."""

import enum
from collections.abc import Iterable

INTERRUPTED = 128 + 2
"""What a shell reports for a program that SIGINT has ended."""

INTERNAL_ERROR = 70
"""EX_SOFTWARE (sysexits.h): anechoic itself is at fault."""


class ExitStatus(enum.IntEnum):
    """The exit status of the process."""

    CONFORMS = 0
    VIOLATION = 1
    USAGE = 2
    INCONCLUSIVE = 3


WORST_FIRST = (ExitStatus.VIOLATION, ExitStatus.USAGE, ExitStatus.INCONCLUSIVE, ExitStatus.CONFORMS)


def worst(statuses: Iterable[int]) -> int:
    """Return the exit status of all runs together: an interruption or a defect of ours first."""
    found = list(statuses)
    other = [status for status in found if status not in list(WORST_FIRST)]
    return other[0] if other else min(found, key=lambda one: WORST_FIRST.index(ExitStatus(one)))
