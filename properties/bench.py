"""Where workloads meet a target: makes trials of one subject, one after the other, and judges them.

There is one kind for servers (`properties.laboratory`) and one for clients (`properties.peer`).
"""

from abc import ABC, abstractmethod
from collections import Counter

from properties.execute import Rules
from properties.steps import Workload
from properties.subject import Subject
from properties.trial import Trial
from properties.verdict import Invariant, Sequel


class Bench(ABC):
    """What an exploration needs; `invariants` judge each trial, in the order they are shown."""

    invariants: tuple[Invariant, ...] = ()

    def __init__(self, subject: Subject, rules: Rules) -> None:
        self.subject = subject
        self.rules = rules
        self.notes: list[str] = []
        self.shrunk: set[str] = set()
        """The invariants whose violation has been shrunk: one smallest case of each is enough."""
        self.searches: Counter[str] = Counter()
        """How often a smallest case was looked for, by invariant."""

    @abstractmethod
    def try_out(self, workload: Workload) -> Trial:
        """Make a workload happen to a healthy target, and judge it.

        Raises TargetError when it cannot be started.
        """

    @abstractmethod
    def try_with(self, sequel: Sequel | None, workload: Workload) -> Trial:
        """Try a workload out with what is to follow it, None for nothing."""

    @abstractmethod
    def close(self) -> None:
        """Stop what runs. Twice is harmless."""
