"""What is checked before a run: the settings, and whether there is a target at all."""

from collections.abc import Iterable
from pathlib import Path

from properties.cases.case import CaseError, read_case
from properties.cases.regressions import known_cases
from properties.roles import probe_target
from properties.running.errors import UsageError
from properties.running.plan import plan
from properties.running.run import Run
from properties.running.settings import Settings
from target.errors import TargetError

LAST_LINES = 8
"""Lines of the target's output that are shown when it is at fault."""


def prepared(settings: Settings) -> Run:
    """Try the target out once; return the run that can begin. Raises UsageError."""
    try:
        probe_target(settings.target, settings.rules)
    except TargetError as error:
        raise UsageError(_with_output(error)) from None
    return planned(settings)


def planned(settings: Settings) -> Run:
    """Return a run whose target was not tried out; cases of earlier runs are tried first."""
    families = (family.name for family in settings.families)
    known = known_cases(settings.target, settings.role, families)
    return Run(settings, plan(settings, known))


def require_cases(paths: Iterable[str], times: int | None) -> None:
    """Check that what is to be replayed can be read. Raises UsageError."""
    if times is not None and times < 1:
        raise UsageError(f"--times {times}: at least one run is needed")
    for path in paths:
        try:
            read_case(Path(path))
        except CaseError as error:
            raise UsageError(f"ERROR {error}") from None


def _with_output(error: TargetError) -> str:
    lines = error.output.strip().splitlines()[-LAST_LINES:]
    if not lines:
        return str(error)
    return f"{error}\nits last output:\n" + "\n".join(f"  {line}" for line in lines)
