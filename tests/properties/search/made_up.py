"""Explorations whose trials are made up: no server is started."""

from collections.abc import Callable
from typing import Any

from properties.model.harness import Harness
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Verdict
from properties.search.exploration import Exploration
from properties.server.families import CONTROL
from properties.server.invariants.registry import INVARIANTS
from properties.server.role import SERVER
from tests.properties.server.histories import history
from tests.properties.server_runs import HOST

RunTrial = Callable[[Workload], Trial]


def trial(workload: Workload, *failed: str, seen: History | None = None) -> Trial:
    """Return a trial in which exactly these invariants failed."""
    verdicts = {invariant.id: Verdict.passed() for invariant in INVARIANTS}
    for name in failed:
        verdicts[name] = Verdict.failed(f"{name} was violated")
    return Trial(workload, seen or history(), verdicts)


class MadeUpHarness(Harness):
    """Has a function make up the trial of each workload; notes which follow-ups were asked for."""

    def __init__(self, run: RunTrial) -> None:
        super().__init__(Target(HOST), Rules(), INVARIANTS)
        self.run = run
        self.follow_ups: set[FollowUp | None] = set()
        self.refreshed = 0

    def run_trial(self, workload: Workload, follow_up: FollowUp | None = None) -> Trial:
        """Return what the function makes of the workload."""
        self.follow_ups.add(follow_up)
        return self.run(workload)

    def refresh(self) -> None:
        """Count how often a fresh target was asked for."""
        self.refreshed += 1

    def close(self) -> None:
        """Nothing runs."""


def exploration(run: RunTrial, **changed: Any) -> Exploration:
    """Return an exploration whose trials a function makes up."""
    settings: dict[str, Any] = {
        "harness": MadeUpHarness(run),
        "role": SERVER,
        "family": CONTROL,
        "examples": 30,
        "seed": 1,
        **changed,
    }
    return Exploration(**settings)
