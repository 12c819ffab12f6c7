"""A run that Python code asks for: `anechoic.check` and its result."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Unpack

from properties.cases.files import write_whole
from properties.model.levels import Level
from properties.model.target_spec import Target
from properties.model.verdict import SEVERITY, Outcome
from properties.reports import text
from properties.reports.registry import writer_of
from properties.reports.terminal import Terminal
from properties.running.exit_status import ExitStatus
from properties.running.keywords import Keywords, settings_from
from properties.running.listener import RunListener
from properties.running.preflight import prepared
from properties.running.run import Run
from properties.running.runner import run_all
from properties.search.findings import Failure


class Result:
    """What a run has found. `run` has all of it."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def status(self) -> ExitStatus:
        """The status that the command line would exit with."""
        return self.run.status

    @property
    def verdicts(self) -> dict[str, Outcome]:
        """The worst verdict on each invariant, in any fault family."""
        found: dict[str, set[Outcome]] = {}
        for _, name, cell in self.run.cells():
            found.setdefault(name, set()).add(cell.outcome)
        return {
            name: next(outcome for outcome in SEVERITY if outcome in outcomes)
            for name, outcomes in found.items()
        }

    @property
    def levels(self) -> dict[str, Level]:
        """The level of the strongest violation of each invariant that was violated."""
        return self.run.violated()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The strongest and smallest violation of each invariant, of each kind of error."""
        names = (one.id for one in self.run.invariants)
        return tuple(failure for name in names for failure in self.run.smallest_failures(name))

    @property
    def report(self) -> str:
        """The report that the command line prints, without colours."""
        return "\n".join(text.whole(self.run, Terminal.nowhere())).strip()

    def raise_for_violations(self) -> None:
        """Raise AssertionError with the report where a violation fails the run."""
        if self.status is ExitStatus.VIOLATION:
            raise AssertionError(f"\n{self.report}")

    def write(self, *paths: str | os.PathLike[str]) -> None:
        """Write the result to files; the format follows from the suffix: .json, .html or .md.

        Raises UsageError for another suffix, OSError where a file cannot be written.
        """
        for path in map(Path, paths):
            write_whole(path, writer_of(path)([self.run]))

    def __str__(self) -> str:
        return self.report


def check(
    target: Target | str,
    *,
    listeners: Iterable[RunListener] = (),
    **keywords: Unpack[Keywords],
) -> Result:
    """Test a target in this process, part after part, and return what was found.

    `target` is a `Target`, or the command of a server, as on the command line. `listeners` follow
    the run. The other keywords, all optional:

    - `faults`: the families to be tried, by name or made by `family`; all by default
    - `invariants`: those that judge; those of the role by default
    - `service`: what the target owes, by name or an object (`Service`); echo by default
    - `max_examples`: workloads drawn for each family (16, and 8 at the exact system call)
    - `no_sweep`: leave out the finite choices, of which each is tried once (False)
    - `seed`: the number that all workloads follow from (0)
    - `patience`: seconds to wait where it is unknown whether anything will come (10)
    - `limits`, or `max_connections` (at once) and `max_rate` (a second): the limits of the server
    - `baseline`: the path of a file with known violations (`--expect`)
    - `cases`: the folder in which cases are kept, and those of earlier runs are found
    - `level`: the weakest requirement whose violation fails the run: must, should or may (must)

    A violation is shrunk, and its case saved there. Raises UsageError when there
    is nothing to test: a wrong keyword value, a command that cannot be started or never listens.
    """
    run = prepared(settings_from(target, **keywords))
    run_all(run, listeners)
    return Result(run)
