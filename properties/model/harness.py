"""Runs workloads on a target, one after the other, and judges each.

There is one harness for servers (`properties.server.harness`) and one for clients
(`properties.client.harness`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from properties.model.learnt import Learnt
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Invariant
from target.pace import Pace


class Harness(ABC):
    """What a search needs; `invariants` judge each trial, in the order in which they are shown."""

    def __init__(self, target: Target, rules: Rules, invariants: tuple[Invariant, ...]) -> None:
        self.target = target
        self.rules = rules
        self.invariants = invariants
        self.notes: list[str] = []
        self.learnt = Learnt()
        self.pace = Pace()
        self.adds_up = False
        """Whether damage of several workloads adds up: then each try needs a fresh target."""

    @abstractmethod
    def run_trial(self, workload: Workload, follow_up: FollowUp | None = None) -> Trial:
        """Run a workload on a healthy target, then the follow-up if there is one, and judge both.

        Raises TargetError when the target cannot be started.
        """

    def refresh(self) -> None:  # noqa: B027
        """Let the next trial have a fresh target, where targets are used again otherwise."""

    @property
    def connect(self) -> Callable[[int], Workload] | None:
        """What makes the steps with which a client connects and asks, None for none."""
        return None

    def sharpened(self, workload: Workload) -> Iterator[Workload]:  # noqa: ARG002
        """Return workloads that may show each time what this one shows now and then."""
        return iter(())

    def note(self, words: str) -> None:
        """Keep something that is to be said of the target, once; "" is nothing."""
        if words and words not in self.notes:
            self.notes.append(words)

    @contextmanager
    def recording_states(self) -> Iterator[None]:
        """Let the trials record meanwhile what netstat and ps would show at each step."""
        before = self.rules
        self.rules = replace(before, states=True)
        try:
            yield
        finally:
            self.rules = before

    @abstractmethod
    def close(self) -> None:
        """Stop what runs. Idempotent."""
