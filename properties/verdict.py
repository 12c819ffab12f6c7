"""What an invariant answers, and how an invariant is described."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from properties.history import History


class Outcome(enum.Enum):
    """The verdicts; the values are those of the JSON output. KNOWN is a violation of a baseline."""

    PASS = "pass"
    FAIL = "fail"
    KNOWN = "known"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True)
class Verdict:
    """An outcome with its reason in words; for a violation what was expected and what was seen."""

    outcome: Outcome
    reason: str
    expected: str = ""

    @classmethod
    def passed(cls, reason: str = "held") -> "Verdict":
        """The invariant held."""
        return cls(Outcome.PASS, reason)

    @classmethod
    def failed(cls, actual: str, expected: str) -> "Verdict":
        """The invariant was violated: `actual` instead of `expected`."""
        return cls(Outcome.FAIL, actual, expected)

    @classmethod
    def inconclusive(cls, reason: str) -> "Verdict":
        """It could not be told whether the invariant held."""
        return cls(Outcome.INCONCLUSIVE, reason)

    @classmethod
    def not_applicable(cls, reason: str) -> "Verdict":
        """The invariant has no meaning here."""
        return cls(Outcome.NOT_APPLICABLE, reason)


class Sequel(enum.Enum):
    """What follows a workload, on a server of its own, for the sake of one invariant."""

    RESTART = "the server is stopped and started again on its port"
    ROUNDS = "rounds of plain exchanges are made, and its memory is read behind each"
    FLOOD = "one more client sends and never reads"


NOT_TRIED = "nothing of the kind was tried in this workload"


class Violation(AssertionError):
    """An invariant was violated. Each invariant has a subclass of its own.

    It is the cause with which the search of one part ends (properties/explore.py).
    """


@dataclass(frozen=True)
class Invariant:
    """One requirement: its id, where it comes from, what it says, and how a history is judged.

    `judge` is a pure function. `needs_processes`: not applicable to a server known by its address.
    `sequel`: what must follow a workload before there is anything to judge.
    """

    id: str
    section: str
    requirement: str
    judge: Callable[[History], Verdict]
    violation: type[Violation]
    needs_processes: bool = False
    sequel: Sequel | None = None

    @property
    def needs_the_fault(self) -> bool:
        """Whether a pass counts only where the fault has happened; a sequel is one by itself."""
        return self.sequel is None


NO_PROCESSES = "a server known only by its address has no processes to look into"


def judge(invariant: Invariant, history: History) -> Verdict:
    """Judge a history; an invariant that crashes is inconclusive, never passed."""
    if invariant.needs_processes and not history.processes_seen:
        return Verdict.not_applicable(NO_PROCESSES)
    try:
        return invariant.judge(history)
    except Exception as error:
        return Verdict.inconclusive(f"the invariant crashed: {type(error).__name__}: {error}")
