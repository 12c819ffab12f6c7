"""Looking for violations in one fault family: Hypothesis generates, we judge and shrink.

A part ends with the first workload that violates an invariant whose violation is not shrunk yet,
unless it is too weak to fail the run: what fails it must still be looked for. The later parts of
the same process only count the violations of one that is, until a stronger one is found. A
violation is proven by its recorded history, and Hypothesis does not repeat it: a defect that shows
only sometimes neither raises FlakyFailure nor goes unreported.

Hypothesis does not shrink here: it must trust each single run. A search that knows clients, faults
and rates is faster and finds smaller cases (`properties.search.smallest_case`).
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from faults.fault import Status
from properties.engine.traffic import COUNTED
from properties.model.harness import Harness
from properties.model.levels import Level
from properties.model.role import Family, Role
from properties.model.steps import Workload
from properties.model.sweep import ATTEMPTS, CANNOT_BE, PLAIN_FAILS, Choice
from properties.model.trial import NOT_BEGUN, Trial
from properties.model.verdict import FollowUp, Outcome
from properties.model.violation_kinds import kind_of
from properties.search.attribution import CONTROL, Seen, Violated, give_to_control
from properties.search.claims import NOBODY_ELSE, Claim, Claims
from properties.search.drawing import draw
from properties.search.findings import VIOLATIONS, Findings, size_of
from properties.search.kept import Kept
from properties.search.known_violations import NOTHING_KNOWN, Baseline
from properties.search.measured_case import Smallest
from properties.search.new_case import new_case
from properties.search.reductions import faults
from properties.search.seen_again import SeenAgain
from properties.search.shrinking import LEFT_TO_ANOTHER, Shrinking

REFUTED = "it seemed violated while the target's timers were not waited for, and was not with them"

SEARCHES = 5
"""How often a violation is shrunk at most, until a case is found that fails each time."""


Progress = Callable[[Findings], None]


@dataclass
class Exploration:
    """One part of a fault family: a number of workloads from a seed.

    `follow_up` is made after each workload. Then only the invariants that it serves are shrunk: all
    others can be seen without it. `role` has the invariants, and is written into cases. `budget`
    are the seconds that are left for shrinking in the whole run. `level`: violations that are
    weaker do not end the part. `beside_control`: the run has a family without faults, to which
    belongs what shows without the fault of this one. `claims`: what other processes shrink is not
    shrunk here as well.
    """

    harness: Harness
    role: Role
    family: Family
    examples: int
    seed: int
    progress: Progress = lambda _: None
    shrink: bool = True
    follow_up: FollowUp | None = None
    baseline: Baseline = NOTHING_KNOWN
    budget: float = math.inf
    level: Level = Level.MUST
    beside_control: bool = False
    claims: Claims = NOBODY_ELSE
    _violating: dict[str, Seen] = field(default_factory=dict)
    _kept: Kept = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing kept."""
        made = partial(new_case, self.harness, self.role, self.family.name, self.seed)
        self._kept = Kept(made)

    def run(self) -> Findings:
        """Generate workloads, try each, and return what they showed."""
        return self._explored(self._generate)

    def again(self, workload: Workload, times: int) -> Findings:
        """Try one workload until it fails, `times` times at most, and shrink it if it does."""

        def run(findings: Findings) -> None:
            for _ in range(times):
                if self._try(workload, findings)[1] is not None:
                    return

        return self._explored(run)

    def sweep(self, choices: Iterable[Choice]) -> Findings:
        """Try each of these choices, also where another one has violated something."""

        def run(findings: Findings) -> None:
            again = SeenAgain(partial(self._counted, findings))
            for choice in choices:
                answers = findings.swept.setdefault(choice.group, {})
                answers[choice.value] = self._why_not_tried(choice, findings, again)

        return self._explored(run)

    def _why_not_tried(self, choice: Choice, findings: Findings, again: SeenAgain) -> str:
        """Try a choice until its fault happens; return why it does not, empty where it does."""
        if self._shows_the_same(choice):
            self.harness.note(self.harness.learnt.plain_fails)
            return PLAIN_FAILS
        if (most := self.harness.rules.limits.connections) is not None and choice.clients > most:
            return f"it needs {choice.clients} clients at once"
        why = ""
        for _ in range(ATTEMPTS):
            trial, to_shrink = self._try(choice.workload, findings)
            status, why = trial.fault_status()
            if to_shrink is not None and self.shrink:
                self._find_smallest(findings)
                self._violating.clear()
            if self.shrink:
                again.look(trial, findings)
            if (status, why) == NOT_BEGUN:
                break
            if to_shrink is not None or status is not Status.MISSED:
                return CANNOT_BE + why if status is Status.IMPOSSIBLE else ""
        return why

    def _shows_the_same(self, choice: Choice) -> bool:
        """Return whether it shows what plain traffic does: each target fails without a fault."""
        if not self.harness.learnt.plain_fails:
            return False
        return self.beside_control or (self.family.name == CONTROL and not choice.matters)

    def _explored(self, explore: Callable[[Findings], None]) -> Findings:
        findings = Findings(self.family.name)
        began, before = time.monotonic(), COUNTED.copy()
        explore(findings)
        if self.shrink:
            self._find_smallest(findings)
        findings.seconds = time.monotonic() - began
        made = COUNTED.since(before)
        findings.connections, findings.bytes = made.connections, made.bytes
        findings.notes += self.harness.notes
        self.harness.notes.clear()
        return findings

    def _trial(self, workload: Workload) -> Trial:
        """Run a workload and judge it; a violation of the baseline has the verdict known."""
        tried = self.harness.run_trial(workload, self.follow_up)
        return self.baseline.applied(tried, self.family.name)

    def _generate(self, findings: Findings) -> None:
        missing = self.examples

        def examine(workload: Workload) -> bool:
            nonlocal missing
            tried, violated = self._try(workload, findings)
            # Whether a follow-up is judged must not hang on whether a drawn fault is possible.
            possible = tried.fault_status()[0] is not Status.IMPOSSIBLE
            missing -= possible or self.follow_up is None
            return missing == 0 or (violated is not None and violated.level >= self.level)

        most = self.examples if self.follow_up is None else self.examples * ATTEMPTS
        draw(self.family.workloads(self.harness.rules.limits), most, self.seed, examine)

    def _try(self, workload: Workload, findings: Findings) -> tuple[Trial, Violated | None]:
        """Run a workload and count what it shows; return what is to be shrunk as well, if any."""
        tried = self._trial(workload)
        violated = self._note(tried, findings)
        self.progress(findings)
        return tried, violated

    def _find_smallest(self, findings: Findings) -> None:
        """Shrink each violation that was not shrunk before, until no smaller case is found."""
        shrinking = self._shrinking(findings)
        for one in self._to_shrink():
            claim = Claim(self.claims, one.name, one.level)
            if claim.take():
                self._shrink(one, claim, shrinking, findings)
                claim.settle(is_found=not self._is_shrunk_here(one))
        if self.beside_control:
            for seen in list(self._violating.values()):
                self._attribute(seen, shrinking, findings)
        if findings.remark:
            findings.remark = ""
            # The smallest case is known now, though the part may go on for long.
            self.progress(findings)

    def _attribute(self, seen: Seen, shrinking: Shrinking, findings: Findings) -> None:
        """Let what was seen only while no fault happened, or shows without one, go to `control`."""
        one, plain = seen.violated, self.harness.learnt.plain
        key, best = (self.family.name, one.name), self._kept.best[one.name]
        belongs = not seen.with_the_fault or not faults(best.workload)
        # What a follow-up shows is not tried for that: it would take long.
        if not belongs and one.invariant.follow_up is None:
            if key not in plain and (
                trial := shrinking.shown_without_faults(one.name, best.workload)
            ):
                self._kept.keep(one.invariant, trial, findings)
                plain[key] = True
            belongs = plain.setdefault(key, False)
        failure = findings.cells[one.invariant.id].failures.get(one.kind)
        if belongs and failure is not None:
            give_to_control(findings, seen, failure, self.baseline)
            # Of the next workload that shows it there is something to give again.
            del self._violating[one.name], self._kept.best[one.name]

    def _shrink(
        self, one: Violated, claim: Claim, shrinking: Shrinking, findings: Findings
    ) -> None:
        seen = self._violating[one.name].workloads
        found = sorted((each for each, of in seen.items() if of is one.level), key=size_of)
        best = self._kept.best[one.name]

        def tell(smallest: Smallest) -> None:
            self._kept.keep_measured(one, smallest, findings, best)
            self.progress(findings)

        smallest = shrinking.smallest(claim, found, tell)
        if smallest is LEFT_TO_ANOTHER:
            return
        learnt, pace = self.harness.learnt, self.harness.pace
        if pace.timers_matter and not shrinking.fails_with_care(one.name, best.workload):
            # It does not show when the target's timers are waited for.
            findings.cells[one.invariant.id].withdraw(one.kind, REFUTED)
            del self._violating[one.name], self._kept.best[one.name]
            return
        failure = self._kept.keep_measured(one, smallest, findings, best)
        learnt.searches[one.name, one.level] += 1
        if smallest.is_deterministic or learnt.searches[one.name, one.level] >= SEARCHES:
            learnt.shrunk[one.name] = failure.level

    def _to_shrink(self) -> list[Violated]:
        """Return what is to be shrunk, the strongest violation first: time may be short.

        What is weaker than the violation that is kept already is not.
        """
        found = [
            seen.violated._replace(level=max(seen.workloads.values()))
            for invariant in self.harness.invariants
            for seen in self._violating.values()
            if seen.violated.invariant.id == invariant.id
        ]
        kept = {one: self._kept.best[one.name].verdicts[one.invariant.id].level for one in found}
        chosen = [one for one in found if one.level >= kept[one] and self._is_shrunk_here(one)]
        return sorted(chosen, key=lambda one: one.level, reverse=True)

    def _counted(self, findings: Findings, workload: Workload) -> Trial:
        findings.workloads += 1
        return self._trial(workload)

    def _shrinking(self, findings: Findings) -> Shrinking:
        def remark(words: str) -> None:
            findings.remark = words
            self.progress(findings)

        return Shrinking(self.harness, partial(self._counted, findings), remark, self.budget)

    def _is_shrunk_here(self, one: Violated) -> bool:
        shrunk = self.harness.learnt.shrunk.get(one.name)
        is_new = shrunk is None or shrunk < one.level
        is_its = one.invariant.follow_up is self.follow_up
        return is_its and is_new and self.claims.is_free(one.name, one.level)

    def _note(self, tried: Trial, findings: Findings) -> Violated | None:
        """Count the verdicts; return the strongest violation that is to be shrunk, if any."""
        findings.workloads += 1
        outcome, why = tried.fault_status()
        findings.unfired += outcome is Status.MISSED
        to_shrink: Violated | None = None
        for invariant in self.harness.invariants:
            verdict = tried.verdicts[invariant.id]
            cell = findings.cells[invariant.id]
            if verdict.outcome in VIOLATIONS and invariant.follow_up is not None:
                self.harness.learnt.answered.add(invariant.id)
            if verdict.outcome is Outcome.FAIL:
                found = Violated(invariant, kind_of(verdict.reason), verdict.level)
                seen = self._violating.setdefault(found.name, Seen(found))
                seen.workloads[tried.workload] = verdict.level
                seen.times += 1
                seen.with_the_fault |= outcome is Status.FIRED
                self._kept.keep_smaller(found, tried, findings)
                is_stronger = to_shrink is None or verdict.level > to_shrink.level
                if is_stronger and self._is_shrunk_here(found):
                    to_shrink = found
            counts = outcome is not Status.MISSED or not invariant.needs_the_fault
            if verdict.outcome is Outcome.KNOWN:
                of = (self.family.name, invariant.id, verdict.reason, verdict.level)
                findings.met(str(self.baseline.covering(*of)), 1, verdict.reason)
            if verdict.outcome is Outcome.PASS and not counts:
                # A workload whose fault did not happen does not count as a pass.
                cell.note_missed(why)
                continue
            if verdict.outcome is Outcome.PASS and outcome is Status.IMPOSSIBLE:
                cell.note_impossible(why)
            else:
                cell.note(verdict)
        return to_shrink
