"""How often workloads violated one invariant: every run of every workload is recorded."""

from collections.abc import Callable
from dataclasses import dataclass, field

from properties.model.steps import Workload
from properties.model.trial import Trial


@dataclass
class Reproductions:
    """The runs made in a search. `run` makes and judges a trial."""

    invariant: str
    run: Callable[[Workload], Trial]
    _failed: dict[Workload, list[bool]] = field(default_factory=dict)
    _evidence: dict[Workload, Trial] = field(default_factory=dict)

    def fails(self, workload: Workload) -> bool:
        """Run a workload once more; return whether it violated the invariant."""
        trial = self.run(workload)
        failed = self.invariant in trial.violated
        self._failed.setdefault(workload, []).append(failed)
        if failed:
            self._evidence[workload] = trial
        return failed

    @property
    def total(self) -> int:
        """How many runs were made, of all workloads."""
        return sum(map(len, self._failed.values()))

    def times(self, workload: Workload) -> int:
        """Return how often it was run."""
        return len(self._failed.get(workload, ()))

    def failures(self, workload: Workload) -> int:
        """Return how often it failed."""
        return sum(self._failed.get(workload, ()))

    def rate(self, workload: Workload) -> float:
        """Return the share of its runs that failed, 0 where there were none."""
        return self.failures(workload) / max(1, self.times(workload))

    def always(self, workload: Workload) -> bool:
        """Return whether it has failed in all its runs, if there were any."""
        return self.failures(workload) == self.times(workload)

    def evidence(self, workload: Workload) -> Trial | None:
        """Return the trial in which it failed last, None where it never did."""
        return self._evidence.get(workload)
