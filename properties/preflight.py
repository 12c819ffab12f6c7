"""What is looked at before a run: the options, and whether there is a target at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from properties import cases
from properties.benches import check_subject
from properties.known import known_cases
from properties.options import Options, UsageError, checked
from properties.run import Run
from target.errors import TargetError

LAST_LINES = 8
"""Lines of the target's output that are shown when it is at fault."""


class Refusal(Exception):
    """There is nothing to run: the message says why, in words for the user."""


def prepare(get: Callable[[str], Any]) -> Run:
    """Check the options and try the target out once; return the run that can begin.

    Raises Refusal.
    """
    options = looked_at(get)
    try:
        check_subject(options.subject, options.rules)
    except TargetError as error:
        raise Refusal(_with_output(error)) from None
    return Run(options, known(options))


def known(options: Options) -> tuple[Path, ...]:
    """Return the cases of earlier runs that are to be tried first."""
    return known_cases(options.subject, options.families)


def require_cases(paths: list[str], times: int | None) -> None:
    """See that what is to be replayed can be read. Raises Refusal."""
    if times is not None and times < 1:
        raise Refusal(f"--times {times}: at least one run is needed")
    for path in paths:
        try:
            cases.read(Path(path))
        except cases.CaseError as error:
            raise Refusal(f"ERROR {error}") from None


def looked_at(get: Callable[[str], Any]) -> Options:
    """Check the options alone. Raises Refusal."""
    try:
        return checked(get)
    except (UsageError, TargetError) as error:
        raise Refusal(str(error)) from None


def _with_output(error: TargetError) -> str:
    lines = error.output.strip().splitlines()[-LAST_LINES:]
    if not lines:
        return str(error)
    return f"{error}\nits last output:\n" + "\n".join(f"  {line}" for line in lines)
