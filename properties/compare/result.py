"""What a comparison knows of one implementation: what it lacks, or the result of its check."""

from dataclasses import dataclass, field
from typing import Any

from properties.compare.implementation import Implementation
from properties.model.levels import LEVELS, Level
from properties.model.verdict import SEVERITY, Outcome
from properties.reports.grid import sign
from properties.reports.text import VERDICTS
from properties.running.exit_status import INTERNAL_ERROR, INTERRUPTED, ExitStatus


@dataclass
class Compared:
    """One implementation in a comparison.

    `missing` says what it lacks on this machine, `result` is the object of `--json`, `status` the
    exit status of its check, `said` the last of what the check wrote, `stopped` that it was
    interrupted.
    """

    implementation: Implementation
    missing: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    status: int = ExitStatus.CONFORMS
    said: str = ""
    stopped: bool = False

    @property
    def was_judged(self) -> bool:
        """Whether there are verdicts."""
        return bool(self.checks)

    @property
    def met_a_defect(self) -> bool:
        """Whether its check was ended by a defect of anechoic."""
        return self.status == INTERNAL_ERROR

    @property
    def checks(self) -> list[dict[str, Any]]:
        """The verdicts, one for each fault and invariant."""
        return list(self.result.get("checks", []))

    def verdict(self, invariant: str) -> Outcome:
        """Return the worst verdict on an invariant, whatever the fault."""
        found = {one["verdict"] for one in self.checks if one["invariant"] == invariant}
        return next((one for one in SEVERITY if one.value in found), Outcome.NOT_APPLICABLE)

    def level(self, invariant: str) -> Level | None:
        """Return the strongest level at which an invariant was violated, None where it was not."""
        found = (_level(one) for one in self.checks if one["invariant"] == invariant)
        return max((level for level in found if level is not None), default=None)

    @property
    def fails_from(self) -> Level:
        """The weakest requirement whose violation fails the check."""
        return LEVELS[self.result.get("level", Level.MUST.word)]

    def sign(self, invariant: str) -> tuple[str, str]:
        """Return how the worst verdict on an invariant is written, and in which colour."""
        return sign(self.verdict(invariant), self.level(invariant), self.fails_from)

    def violates(self, level: Level) -> bool:
        """Return whether something was violated that is at least so strong."""
        levels = (_level(one) for one in self.checks)
        return any(one is not None and one >= level for one in levels)

    @property
    def is_in_doubt(self) -> bool:
        """Whether no MUST was violated, and something stayed inconclusive."""
        doubtful = (one["verdict"] == Outcome.INCONCLUSIVE.value for one in self.checks)
        unclear = (INTERNAL_ERROR, INTERRUPTED, ExitStatus.INCONCLUSIVE)
        is_unclear = self.status in unclear or any(doubtful)
        return self.was_judged and is_unclear and not self.violates(Level.MUST)

    def conforms_at(self, level: Level) -> bool:
        """Return whether nothing was violated that is at least so strong, without doubt."""
        return self.was_judged and not self.is_in_doubt and not self.violates(level)

    def faults(self, invariant: str) -> list[str]:
        """Return the fault families in which an invariant has its worst verdict."""
        return [one["fault"] for one in self._worst(invariant)]

    def reason(self, invariant: str) -> str:
        """Return why an invariant has its worst verdict, in the first family that has it."""
        return str(next((one["reason"] for one in self._worst(invariant)), ""))

    def _worst(self, invariant: str) -> list[dict[str, Any]]:
        """Return the checks of an invariant that have its worst verdict, at its strongest level."""
        worst, level = self.verdict(invariant).value, self.level(invariant)
        checks = (c for c in self.checks if c["invariant"] == invariant and c["verdict"] == worst)
        return [check for check in checks if _level(check) is level]

    def case(self, invariant: str) -> str | None:
        """Return the file of the smallest case of a violated invariant."""
        kept = (one["case"] for one in self._worst(invariant))
        return next((str(case) for case in kept if case), None)

    @property
    def violated(self) -> list[str]:
        """The invariants that were violated at any level, known violations aside."""
        names = dict.fromkeys(one["invariant"] for one in self.checks if one["verdict"] == "fail")
        return list(names)

    @property
    def doubts(self) -> dict[str, list[str]]:
        """Why invariants stayed inconclusive, each reason with those that did for it."""
        names = dict.fromkeys(one["invariant"] for one in self.checks)
        found: dict[str, list[str]] = {}
        for name in names:
            if self.verdict(name) is Outcome.INCONCLUSIVE:
                found.setdefault(self.reason(name), []).append(name)
        return found

    @property
    def in_words(self) -> str:
        """The result, in a few words."""
        if self.missing:
            return f"missing: {self.missing}"
        if self.stopped:
            return VERDICTS[INTERRUPTED][0]
        if not self.was_judged:
            return VERDICTS[INTERNAL_ERROR][0] if self.met_a_defect else "could not be checked"
        words, _ = VERDICTS[self.status]
        if not self.violated:
            return words
        at = f" at {self.fails_from.name}" if self.status == ExitStatus.CONFORMS else ""
        return f"{words}{at}: {', '.join(map(self._named, self.violated))}"

    def _named(self, invariant: str) -> str:
        sign, _ = self.sign(invariant)
        return f"{invariant} ({sign})" if self._is_weak(invariant) else invariant

    def _is_weak(self, invariant: str) -> bool:
        level = self.level(invariant)
        return level is not None and level < self.fails_from


def _level(check: dict[str, Any]) -> Level | None:
    """Return the level of a check that shows a violation; one without the field is a MUST."""
    if check["verdict"] != Outcome.FAIL.value:
        return None
    return LEVELS[check.get("level") or Level.MUST.word]
