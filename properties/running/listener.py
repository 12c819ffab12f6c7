"""The interface of what follows a run: report formats, and listeners of your own."""

from collections.abc import Iterable

from properties.running.plan import Part
from properties.running.progress.parts import PartProgress
from properties.running.run import Run
from properties.search.findings import Failure, Findings


class RunListener:
    """Is called while a run goes on. Subclasses override the methods that they need.

    All methods are called in the controlling process; `progressed` may be called by another thread.
    """

    def started(self, run: Run) -> None:
        """The run begins: nothing has been run yet."""

    def grown(self, run: Run) -> None:
        """The plan has more parts: what was learnt of the target shows what else is to be tried."""

    def progressed(self, progress: PartProgress) -> None:
        """One more workload of a part is done, here or in another process."""

    def violated(self, family: str, invariant: str, failure: Failure) -> None:
        """An invariant was violated for the first time in the run; it is not shrunk yet.

        Not called where pytest's own workers run the parts.
        """

    def shrunk(self, family: str, invariant: str, failure: Failure) -> None:
        """A smallest case of a violation is kept, while the part that has found it goes on.

        Not called where pytest's own workers run the parts.
        """

    def part_done(self, part: Part | None, findings: Findings | None) -> None:
        """A part is over, and `run` has its findings. None: it ended without any, by an error.

        `part` is None for a test that is no part of the plan.
        """

    def finished(self, run: Run, status: int) -> None:
        """The run is over; `status` is the exit status."""


def announce(run: Run, findings: Findings, listeners: Iterable[RunListener]) -> bool:
    """Keep and announce what a part that goes on is the first to violate, and what it has shrunk.

    Returns whether something of that fails the run.
    """
    listening = tuple(listeners)
    new = run.first_violations(findings)
    for name, failure in new:
        for listener in listening:
            listener.violated(findings.family, name, failure)
    for name, failure in run.smallest_cases(findings):
        for listener in listening:
            listener.shrunk(failure.case.fault, name, failure)
    return any(failure.level >= run.level for _, failure in new)
