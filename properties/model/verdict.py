"""Verdicts, and how an invariant is described."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from properties.model.history import History
from properties.model.levels import Level


class Outcome(enum.Enum):
    """The verdicts; the values are those of the JSON output. KNOWN is a violation of a baseline."""

    PASS = "pass"
    FAIL = "fail"
    KNOWN = "known"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not-applicable"


SEVERITY = (
    Outcome.FAIL,
    Outcome.INCONCLUSIVE,
    Outcome.KNOWN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
"""Which outcome a cell of the grid shows when its workloads differ: the first of these."""

NOT_TRIED = "nothing of the kind was tried in this workload"


@dataclass(frozen=True)
class Verdict:
    """An outcome with its reason in words; for a violation what was seen.

    `remarkable`: False for a reason that a report need not show, because other workloads judge
    the invariant. `level` is how strong a violated requirement is.
    """

    outcome: Outcome
    reason: str
    remarkable: bool = True
    level: Level = Level.MUST

    @classmethod
    def passed(cls, reason: str = "held") -> "Verdict":
        """The invariant held."""
        return cls(Outcome.PASS, reason)

    @classmethod
    def failed(cls, actual: str) -> "Verdict":
        """The invariant was violated: `actual` was seen instead of what it requires."""
        return cls(Outcome.FAIL, actual)

    @classmethod
    def inconclusive(cls, reason: str) -> "Verdict":
        """It could not be determined whether the invariant held."""
        return cls(Outcome.INCONCLUSIVE, reason)

    @classmethod
    def not_applicable(cls, reason: str, *, remarkable: bool = True) -> "Verdict":
        """The invariant has no meaning here."""
        return cls(Outcome.NOT_APPLICABLE, reason, remarkable)

    @classmethod
    def not_tried(cls) -> "Verdict":
        """Nothing that the invariant is about was part of the workload."""
        return cls.not_applicable(NOT_TRIED, remarkable=False)


class FollowUp(enum.Enum):
    """What follows a workload, on a server of its own, for the sake of one invariant."""

    RESTART = (
        "the server is stopped while it serves two clients and one worker was just killed, and "
        "started again on its port"
    )
    ROUNDS = "rounds of control exchanges are made, and its memory is read after each"
    FLOOD = "one more client sends and never reads"


@dataclass(frozen=True)
class Invariant:
    """One requirement: its id, where it comes from, what it says, and how a history is judged.

    `judge` is a pure function. `needs_processes`: not applicable to a server known by its address.
    `follow_up`: what must follow a workload before there is anything to judge. `level`: how strong
    the requirement is by itself; None for what the table of levels says, MUST without a row.
    `judges_the_end`: it judges workloads of which the target is to end, as no other does.
    """

    id: str
    section: str
    requirement: str
    judge: Callable[[History], Verdict]
    needs_processes: bool = False
    follow_up: FollowUp | None = None
    level: Level | None = None
    judges_the_end: bool = False

    @property
    def needs_the_fault(self) -> bool:
        """Whether a pass counts only where the fault has happened; a follow-up always happens."""
        return self.follow_up is None


NO_PROCESSES = "a server known only by its address has no processes to look into"


def judge(invariant: Invariant, history: History) -> Verdict:
    """Judge a history; an invariant that crashes is inconclusive, never passed."""
    if invariant.needs_processes and not history.processes_seen:
        return Verdict.not_applicable(NO_PROCESSES)
    if reason := history.scope.unjudged.get(invariant.id):
        return Verdict.not_applicable(reason)
    try:
        return invariant.judge(history)
    except Exception as error:
        return Verdict.inconclusive(f"the invariant crashed: {type(error).__name__}: {error}")
