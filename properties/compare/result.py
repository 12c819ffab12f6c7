"""What a comparison knows of one implementation: what it lacks, or the result of its check."""

from dataclasses import dataclass, field
from typing import Any

from properties.compare.implementation import Implementation
from properties.model.verdict import SEVERITY, Outcome
from properties.reports.text import VERDICTS
from properties.running.exit_status import ExitStatus


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
    def checks(self) -> list[dict[str, Any]]:
        """The verdicts, one for each fault and invariant."""
        return list(self.result.get("checks", []))

    def verdict(self, invariant: str) -> Outcome:
        """Return the worst verdict on an invariant, whatever the fault."""
        found = {one["verdict"] for one in self.checks if one["invariant"] == invariant}
        return next((one for one in SEVERITY if one.value in found), Outcome.NOT_APPLICABLE)

    def faults(self, invariant: str) -> list[str]:
        """Return the fault families in which an invariant has its worst verdict."""
        return [one["fault"] for one in self._worst(invariant)]

    def reason(self, invariant: str) -> str:
        """Return why an invariant has its worst verdict, in the first family that has it."""
        return str(next((one["reason"] for one in self._worst(invariant)), ""))

    def _worst(self, invariant: str) -> list[dict[str, Any]]:
        """Return the checks of an invariant that have its worst verdict."""
        worst = self.verdict(invariant).value
        return [c for c in self.checks if c["invariant"] == invariant and c["verdict"] == worst]

    def case(self, invariant: str) -> str | None:
        """Return the file of the smallest case of a violated invariant."""
        kept = (one["case"] for one in self.checks if one["invariant"] == invariant)
        return next((str(case) for case in kept if case), None)

    @property
    def violated(self) -> list[str]:
        """The invariants that were violated, known violations aside."""
        names = dict.fromkeys(one["invariant"] for one in self.checks if one["verdict"] == "fail")
        return list(names)

    @property
    def in_words(self) -> str:
        """The result, in a few words."""
        if self.missing:
            return f"missing: {self.missing}"
        if self.stopped:
            return "was interrupted"
        if not self.was_judged:
            return "could not be checked"
        words, _ = VERDICTS[ExitStatus(self.status)]
        return f"{words}: {', '.join(self.violated)}" if self.violated else words
