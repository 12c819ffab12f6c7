"""A whole run, as the controlling process sees it: all findings merged, and the exit status."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from properties.model.levels import Level
from properties.model.sweep import DRAWN_SCHEDULES, Coverage
from properties.model.verdict import Invariant, Outcome
from properties.running import baseline
from properties.running.exit_status import INTERRUPTED, ExitStatus
from properties.running.plan import Part, covered, drawn
from properties.running.record import tables as record
from properties.running.record.case_files import CaseFiles, Named
from properties.running.settings import Settings
from properties.running.versions import origin_here
from properties.search.attribution import CONTROL, give_to_the_swept
from properties.search.cells import Cell, Cells, Failure, smallest_of
from properties.search.findings import Findings
from properties.search.known_violations import KnownViolation


@dataclass
class Run:
    """All that is known of a run so far.

    `parts` is its plan, `elsewhere` has the parts of other shards, `origin` its platform and
    versions; `errors` are failures of the tester or of the start. A run is complete when all its
    parts have reported what they found.
    """

    settings: Settings
    parts: tuple[Part, ...] = ()
    elsewhere: tuple[Part, ...] = ()
    origin: Mapping[str, Any] = field(default_factory=origin_here)
    findings: dict[str, Findings] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    target_errors: list[str] = field(default_factory=list)
    parts_done: int = 0
    parts_failed: int = 0
    interrupted: bool = False
    """Whether it was ended before its end: what was found by then is all there is."""
    unwritten: list[str] = field(default_factory=list)
    """Why cases could not be kept, each reason once."""
    left_out: list[str] = field(default_factory=list)
    """In words, what was not done of what a whole run does."""
    swept_violations: set[tuple[str, str]] = field(default_factory=set)
    """Family and invariant of each violation that a finite choice has shown."""
    deadline: float | None = None
    """The monotonic time at which the run ends, whatever is left of it."""
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    _cases: CaseFiles = field(init=False)

    def __post_init__(self) -> None:
        """Make the rows of the grid, and know where cases are kept."""
        self._cases = CaseFiles(self.settings.cases, self.unwritten)
        for family in self.settings.families:
            self.findings[family.name] = Findings(family.name)

    @property
    def invariants(self) -> tuple[Invariant, ...]:
        """The invariants that judge the target, in the order in which they are shown."""
        return self.settings.role.invariants

    @property
    def level(self) -> Level:
        """The weakest requirement whose violation fails the run."""
        return self.settings.level

    def add(self, data: Findings, *, complete: bool = True) -> None:
        """Add what one part has found; `complete`: it came to its end."""
        if data.swept and DRAWN_SCHEDULES not in data.swept:
            of_control = ((CONTROL, name) for name in data.control)
            own = ((data.family, name) for name in data.failed() if name not in data.by_luck)
            self.swept_violations |= {*own, *of_control}
        self.findings[data.family].merge(replace(data, control=Cells()))
        if data.control:
            self.findings[CONTROL].cells.merge(data.control)
        self.parts_done += complete
        self.parts_failed += any(
            cell.fails(self.level) or cell.is_in_doubt(self.level) for _, cell in data.both()
        )
        self.seconds = time.monotonic() - self.began

    def add_error(self, what: str, words: str, *, of_the_target: bool) -> None:
        """Record why a part, or a test, could not be run. `of_the_target`: it cannot be started."""
        if not of_the_target:
            self.errors.append(f"{what} could not be run:\n{words}")
        elif words not in self.target_errors:
            self.target_errors.append(words)

    @property
    def known(self) -> tuple[str, ...]:
        """The files with cases of earlier runs, which are tried first."""
        return tuple(part.path for part in self.parts if part.case is not None)

    def part_of(self, test: str) -> Part | None:
        """Return the part that this test of the suite runs, None for another test."""
        return next((part for part in self.parts if part.test == test), None)

    def now_passing(self) -> list[KnownViolation]:
        """Return the entries of the baseline that were looked for and no longer show."""
        if self.parts_done < len(self.parts) or self.elsewhere:
            return []
        families = {family.name for family in self.settings.role.families}
        return baseline.now_passing(self.settings.baseline, self.findings, families)

    def accounts_for(self, failed: int) -> bool:
        """Return whether so many failed tests are all of the suite, and none of other tests."""
        return failed <= self.parts_failed + len(self.errors)

    def require_a_cause(self) -> None:
        """Record an error where tests failed without a known cause: that is no success."""
        if self.status is ExitStatus.CONFORMS:
            self.errors.append("a part of the suite failed without a reason")

    def first_violations(self, findings: Findings) -> list[Named]:
        """Return invariants that were not violated so strongly before, and keep a case of each.

        `findings` are those of a part that goes on.
        """
        return self._cases.first(findings)

    def smallest_cases(self, findings: Findings) -> list[Named]:
        """Return what a part that goes on has shrunk meanwhile, and keep the case of each."""
        return self._cases.shrunk(findings)

    def settle(self) -> None:
        """At the end, let each violation be told of where it belongs. Idempotent."""
        give_to_the_swept(self.findings, self.swept_violations)

    def keep_cases(self) -> None:
        """Write the smallest violations of each invariant to `.anechoic/cases`, once."""
        for invariant in self.invariants:
            self._cases.keep(invariant.id, self.smallest_failures(invariant.id))

    def remove_refuted_cases(self) -> None:
        """Remove the first cases of violations that turned out to be none, at the end of a run."""
        self._cases.remove_refuted(one.id for one in self.invariants if self._is_violated(one.id))

    def _is_violated(self, invariant: str) -> bool:
        return self.smallest_failure(invariant) is not None

    def smallest_failures(self, invariant: str) -> list[Failure]:
        """Return the strongest and smallest violation of each kind of an invariant."""
        return smallest_of(findings.cells[invariant] for findings in self.findings.values())

    def smallest_failure(self, invariant: str) -> Failure | None:
        """Return the strongest and smallest violation of an invariant of any kind."""
        return next(iter(self.smallest_failures(invariant)), None)

    def _case_of(self, invariant: str, cell: Cell) -> str | None:
        """Return the file with the case that stands for the violation of a cell."""
        kind = cell.failure.kind if cell.failure is not None else ""
        shown = (one.path for one in self.smallest_failures(invariant) if one.kind == kind)
        return next(shown, None) or None

    @property
    def workloads(self) -> int:
        """How many workloads were run."""
        return sum(findings.workloads for findings in self.findings.values())

    def cells(self) -> list[tuple[Findings, str, Cell]]:
        """Return all cells of families that were run: findings, invariant, cell."""
        return [
            (findings, invariant.id, findings.cells[invariant.id])
            for findings in self.findings.values()
            if findings.was_run
            for invariant in self.invariants
        ]

    def count(self, outcome: Outcome) -> int:
        """Return how many cells have this outcome."""
        return sum(cell.outcome is outcome for _, _, cell in self.cells())

    def violated(self) -> dict[str, Level]:
        """Return the invariants with a new violation, each with the level of the strongest."""
        found: dict[str, Level] = {}
        for _, name, cell in self.cells():
            if cell.outcome is Outcome.FAIL:
                level = cell.level or Level.MUST
                found[name] = max(level, found.get(name, level))
        return found

    def count_at(self, level: Level) -> int:
        """Return how many cells show a new violation of exactly this level."""
        return sum(c.outcome is Outcome.FAIL and c.level is level for _, _, c in self.cells())

    def swept(self) -> list[tuple[str, str, Coverage]]:
        """Return family, group and how much of it was tried, of each group that was planned."""
        answers = {one.family: one.swept for one in self.findings.values()}
        places = {family.name: place for place, family in enumerate(self.settings.families)}
        found = covered(self.parts, answers, self.elsewhere)
        return sorted(found, key=lambda one: places.get(one[0], len(places)))

    @property
    def lacks_shards(self) -> bool:
        """Whether it was joined from shards of which some are missing."""
        return bool(self.elsewhere) and self.settings.shard is None

    @property
    def fails(self) -> bool:
        """Whether a new violation is strong enough to fail the run."""
        return any(cell.fails(self.level) for _, _, cell in self.cells())

    @property
    def judged(self) -> int:
        """How many cells have a verdict: held, violated, or violated as is known."""
        return sum(self.count(outcome) for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.KNOWN))

    @property
    def status(self) -> ExitStatus:
        """The exit status: the worst of what was found, weaker violations aside."""
        if self.fails or self.now_passing():
            return ExitStatus.VIOLATION
        if self.target_errors or not self.workloads:
            nothing_to_do = self.elsewhere and not (self.parts or self.target_errors)
            return ExitStatus.CONFORMS if nothing_to_do else ExitStatus.USAGE
        in_doubt = (cell.is_in_doubt(self.level) for _, _, cell in self.cells())
        if self.count(Outcome.INCONCLUSIVE) or any(in_doubt) or self.errors or not self.judged:
            return ExitStatus.INCONCLUSIVE
        return ExitStatus.CONFORMS

    @property
    def exit_status(self) -> int:
        """What `anechoic check` exits with: also an interruption, and what was not written."""
        if self.interrupted:
            return INTERRUPTED
        return ExitStatus.USAGE if self.unwritten else self.status

    @property
    def remarks(self) -> list[str]:
        """What was not done, and the notes of all families, each once."""
        found = (note for findings in self.findings.values() for note in findings.notes)
        partial = (
            f"partial: it was interrupted when {self.parts_done} of {len(self.parts)} parts were "
            "done; what was found by then is all there is"
        )
        first = [partial] if self.interrupted else []
        return list(dict.fromkeys((*first, *self.left_out, *found)))

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--json` writes."""
        swept = self.swept()
        return {
            "target": str(self.settings.target),
            "service": self.settings.service,
            "platform": self.origin["platform"],
            "seed": self.settings.seed,
            "shard": vars(self.settings.shard) if self.settings.shard else None,
            "versions": self.origin["versions"],
            "totals": record.totals(self.findings.values(), self.cells(), self.seconds),
            "level": self.level.word,
            "exit_status": int(self.exit_status),
            "partial": self.interrupted or self.lacks_shards,
            "notes": self.remarks,
            "errors": self.target_errors + self.errors + self.unwritten,
            "baseline": baseline.as_json(self.settings.baseline, self.findings, self.now_passing()),
            "sweep": [{"fault": name, "choice": group, **vars(one)} for name, group, one in swept],
            "schedules": [one.as_json(left) for one, left in drawn(self.settings, swept)],
            "checks": record.checks(self.settings.role, self.cells(), self._case_of),
        }
