"""Looking for violations in one fault family: Hypothesis generates, we judge and make smaller.

A part ends with the first workload that violates what was not violated before; what one part has
brought to its smallest case, the later parts of the same process only count. A violation is proven
by its recorded history, which Hypothesis is not asked to repeat: a defect that shows only now and
then ends neither in a FlakyFailure nor in silence.

Hypothesis does not shrink here. It shrinks the choices from which a workload was drawn, and must
believe each single run; a search that knows clients, faults and rates is shorter and ends lower
(properties/smallest.py).
"""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from faults.fault import Status
from properties.baseline import NOTHING_KNOWN, Baseline
from properties.bench import Bench
from properties.cases import Case, as_data, injected_in
from properties.families import Family
from properties.findings import Failure, Findings, failure_of, size_of
from properties.role import ROLES
from properties.smallest import Search, Smallest
from properties.steps import Workload
from properties.trial import Trial
from properties.verdict import Invariant, Outcome, Sequel, Verdict, Violation

SEARCHES = 5
"""How often a violation is brought to its smallest case, until there is one that needs no luck."""


class _Stop(BaseException):
    """Ends Hypothesis' search at once: the cause is a violation, or why a trial could not be made.

    Hypothesis would run a workload again whose trial raised an ordinary exception.
    """


Progress = Callable[[Findings], None]


@dataclass
class Exploration:
    """One part of a fault family: a number of workloads from a seed.

    `sequel` is what the trials let follow each workload: only what is judged by it is made smaller,
    for all else can be seen without.
    """

    laboratory: Bench
    family: Family
    examples: int
    seed: int
    progress: Progress = lambda _: None
    shrink: bool = True
    sequel: Sequel | None = None
    baseline: Baseline = NOTHING_KNOWN
    _best: dict[str, Workload] = field(default_factory=dict)
    _first_steps: dict[str, int] = field(default_factory=dict)
    _violating: dict[str, set[Workload]] = field(default_factory=dict)

    def run(self, trial: Callable[[Workload], Trial]) -> Findings:
        """Try out workloads and return what they showed. `trial` makes and judges one."""
        return self._explored(self._generate, trial)

    def again(self, workload: Workload, times: int, trial: Callable[[Workload], Trial]) -> Findings:
        """Try out one workload until it fails, at most so often, and make it smaller if it does."""

        def run(trial: Callable[[Workload], Trial], findings: Findings) -> None:
            for _ in range(times):
                if self._try(workload, trial, findings) is not None:
                    return

        return self._explored(run, trial)

    def _explored(
        self,
        explore: Callable[[Callable[[Workload], Trial], Findings], None],
        trial: Callable[[Workload], Trial],
    ) -> Findings:
        findings = Findings(self.family.name)
        began = time.monotonic()
        trial = self._with_what_is_known(trial)
        try:
            explore(trial, findings)
        except _Stop as stop:
            if not isinstance(stop.__cause__, Violation):
                raise (stop.__cause__ or stop) from None
        if self.shrink:
            self._find_smallest(trial, findings)
        findings.seconds = time.monotonic() - began
        findings.notes += self.laboratory.notes
        self.laboratory.notes.clear()
        return findings

    def _with_what_is_known(
        self, trial: Callable[[Workload], Trial]
    ) -> Callable[[Workload], Trial]:
        return lambda workload: self.baseline.applied(trial(workload), self.family.name)

    def _generate(self, trial: Callable[[Workload], Trial], findings: Findings) -> None:
        def examine(workload: Workload) -> None:
            violated = self._try(workload, trial, findings)
            if violated is not None:
                raise _Stop from violated.violation(workload)

        test = settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )(seed(self.seed)(given(self.family.workloads(self.laboratory.rules.limits))(examine)))
        test()

    def _try(
        self, workload: Workload, trial: Callable[[Workload], Trial], findings: Findings
    ) -> Invariant | None:
        try:
            tried = trial(workload)
        except Exception as error:
            raise _Stop from error
        violated = self._note(tried, findings)
        self.progress(findings)
        return violated

    def _find_smallest(self, trial: Callable[[Workload], Trial], findings: Findings) -> None:
        """Bring each violation that was not shrunk before to a case that cannot be made smaller."""
        for invariant in self.laboratory.invariants:
            found = self._violating.get(invariant.id)
            if not found or not self._is_shrunk_here(invariant):
                continue
            smallest = self._search(invariant, sorted(found, key=size_of), trial, findings)
            failure = findings.cells[invariant.id].failure
            if smallest.trial is not None:
                failure = self._keep(invariant, smallest.trial, findings)
            if failure is not None:
                failure.measured(smallest.failed, smallest.times)
            self.laboratory.searches[invariant.id] += 1
            if smallest.needs_no_luck or self.laboratory.searches[invariant.id] >= SEARCHES:
                self.laboratory.shrunk.add(invariant.id)
        findings.remark = ""

    def _is_shrunk_here(self, invariant: Invariant) -> bool:
        return invariant.sequel is self.sequel and invariant.id not in self.laboratory.shrunk

    def _search(
        self,
        invariant: Invariant,
        found: list[Workload],
        trial: Callable[[Workload], Trial],
        findings: Findings,
    ) -> Smallest:
        began: float | None = None

        def elapsed() -> float:
            # Nothing has been spent before the first run: one there must be.
            return time.monotonic() - began if began is not None else 0.0

        def run(workload: Workload) -> Trial:
            nonlocal began
            began = began or time.monotonic()
            tried = trial(workload)
            findings.workloads += 1
            findings.remark = (
                f"smallest case of {invariant.id}: {elapsed():.0f} s of {search.budget:.0f} s"
            )
            self.progress(findings)
            return tried

        is_first = self.laboratory.searches[invariant.id] == 0
        search = Search(invariant.id, run, elapsed, patiently=is_first)
        return search.find(found) or Smallest(None, 0, 0)

    def _note(self, tried: Trial, findings: Findings) -> Invariant | None:
        """Count the verdicts; return the invariant to be blamed for the workload, if any."""
        findings.workloads += 1
        outcome, why = tried.what_fired()
        findings.unfired += outcome is Status.MISSED
        blamed: Invariant | None = None
        for invariant in self.laboratory.invariants:
            verdict = tried.verdicts[invariant.id]
            cell = findings.cells[invariant.id]
            if verdict.outcome is Outcome.FAIL:
                self._violating.setdefault(invariant.id, set()).add(tried.workload)
                self._keep_smallest(invariant, tried, findings)
                if self._is_shrunk_here(invariant):
                    blamed = blamed or invariant
            counts = outcome is not Status.MISSED or not invariant.needs_the_fault
            if verdict.outcome is Outcome.KNOWN:
                self._note_known(invariant, verdict, findings)
            if verdict.outcome is Outcome.PASS and not counts:
                # Nothing follows from a fault that did not happen; it does not count as a pass.
                continue
            if verdict.outcome is Outcome.PASS and outcome is Status.IMPOSSIBLE:
                cell.note(Outcome.NOT_APPLICABLE, why)
            else:
                cell.note(verdict.outcome, verdict.reason)
        return blamed

    def _note_known(self, invariant: Invariant, verdict: Verdict, findings: Findings) -> None:
        entry = str(self.baseline.covering(self.family.name, invariant.id, verdict.reason))
        times, reason = findings.known.get(entry, (0, verdict.reason))
        findings.known[entry] = times + 1, reason

    def _keep_smallest(self, invariant: Invariant, tried: Trial, findings: Findings) -> None:
        workload = tried.workload
        best = self._best.get(invariant.id)
        self._first_steps.setdefault(invariant.id, len(workload))
        if best is None or size_of(workload) < size_of(best):
            self._keep(invariant, tried, findings)

    def _keep(self, invariant: Invariant, tried: Trial, findings: Findings) -> Failure:
        self._best[invariant.id] = tried.workload
        failure = failure_of(
            tried.workload,
            injected_in(tried.history.events),
            tried.verdicts[invariant.id],
            self._first_steps[invariant.id],
            self._case(invariant, tried),
        )
        findings.cells[invariant.id].failure = failure
        return failure

    def _case(self, invariant: Invariant, tried: Trial) -> dict[str, Any]:
        subject, rules = self.laboratory.subject, self.laboratory.rules
        verdict = tried.verdicts[invariant.id]
        case = Case(
            invariant=invariant,
            fault=self.family.name,
            workload=tried.workload,
            expected=verdict.expected,
            actual=verdict.reason,
            words=subject.command.words if subject.command else None,
            host=subject.host,
            port=subject.port,
            limits=rules.limits,
            patience=rules.patience,
            history=tuple(tried.history.events),
            role=ROLES[subject.role],
            reports=rules.reports,
        )
        return as_data(
            case,
            seed=self.seed,
            platform=platform.platform(),
            versions={name: metadata.version(name) for name in ("anechoic", "hypothesis")},
            verdicts={name: _told(verdict) for name, verdict in tried.verdicts.items()},
        )


def _told(verdict: Verdict) -> str:
    return f"{verdict.outcome.value}: {verdict.reason}"
