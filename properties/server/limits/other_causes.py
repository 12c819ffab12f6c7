"""Looks on fresh servers for another cause of a violation than what the workload has done.

Clients may wait, or be turned away, because the server serves no more at once. And they may lose
bytes that they lose without any fault, or alone, as well: then no other connection has done that.
Without any fault, each client half-closes also where it would have closed or reset its connection;
and where one was ended after a long silence, all are silent for as long there.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, islice, takewhile
from typing import Any, NamedTuple

from faults.payloads import A_WORD
from properties.model.settings import Rules
from properties.model.steps import Step, Workload, clients_in, is_workload, without_faults
from properties.model.trial import Trial, judged_once_more
from properties.model.verdict import Invariant
from properties.server.connection_records import (
    SMALLEST_LIMIT,
    ConnectionRecord,
    undisturbed,
)
from properties.server.events import FewServed, LimitSeen, LostWithoutFaults, Stalled
from properties.server.execute import execute
from properties.server.instance import ServerInstance
from properties.server.invariants import isolation, prompt_service
from properties.server.limits.client_limit import turned_away
from properties.server.limits.limit_probe import crowd, served_at_once
from properties.server.steps import Close, HalfClose, Receive, Reset, Send, Silence, asking

Fresh = Callable[[Callable[[ServerInstance], Any]], Any]

LOOKS = 3
"""Fresh servers on which a workload must lose bytes by itself: a race shows on some."""

IDLE = 0.1
"""Seconds in which a client was silent, after which a deadline of the server may have ended it."""

MOST_ALONE = 3
"""Clients that were served late of which it is tried what each gets alone."""


class _Look(NamedTuple):
    """Which workloads are tried for a trial, and which stall of a client counts as a loss there."""

    workloads: Callable[[Trial], Iterator[Workload]]
    stall: Callable[[ConnectionRecord], Stalled | None]


class OtherCauses:
    """What fresh servers have shown. `fresh` calls what it is given with one, and ends that."""

    def __init__(self, rules: Rules, invariants: tuple[Invariant, ...]) -> None:
        self._rules = rules
        self._invariants = invariants
        self._limit: int | None = None
        self._losers: dict[tuple[Workload, _Look], ConnectionRecord | None] = {}

    def judged(self, trial: Trial, fresh: Fresh) -> Trial:
        """Judge the violations of a trial once more where they may have another cause."""
        if trial.violated and (
            crowd(trial.history) >= SMALLEST_LIMIT
            or (isolation.INVARIANT.id in trial.violated and turned_away(trial.history))
        ):
            trial = self._judged_with_the_limit(trial, fresh)
        for invariant, look in _WITHOUT.items():
            if invariant in trial.violated:
                trial = self._judged_beside(look, trial, fresh)
        return trial

    def _judged_with_the_limit(self, trial: Trial, fresh: Fresh) -> Trial:
        """Judge a trial once more, with how many are served at once; few are a defect as well."""
        limit = self._limit_of(fresh)
        if not 0 < limit <= crowd(trial.history):
            return trial
        kind = LimitSeen if limit >= SMALLEST_LIMIT else FewServed
        return judged_once_more(trial, kind(trial.history.now(), limit), self._invariants)

    def _limit_of(self, fresh: Fresh) -> int:
        """Return how many clients are served at once before one is not, 0 for any number.

        It must be the same twice, each time with a fresh server.
        """
        if self._limit is None:
            found = {fresh(lambda server: served_at_once(server, self._rules)) for _ in range(2)}
            self._limit = found.pop() or 0 if len(found) == 1 else 0
        return self._limit

    def _judged_beside(self, look: _Look, trial: Trial, fresh: Fresh) -> Trial:
        """Judge a trial once more where one of these workloads loses bytes by itself."""
        for plain in look.workloads(trial):
            if (plain, look) not in self._losers:
                found = [*takewhile(bool, self._looked_at(plain, look, fresh))]
                self._losers[plain, look] = found[0] if len(found) == LOOKS else None
            if (loser := self._losers[plain, look]) is not None:
                now = trial.history.now()
                seen = LostWithoutFaults(now, loser.client, ended=loser.ended_unasked)
                return judged_once_more(trial, seen, self._invariants)
        return trial

    def _looked_at(
        self, plain: Workload, look: _Look, fresh: Fresh
    ) -> Iterator[ConnectionRecord | None]:
        return (fresh(partial(self._loser, plain, look)) for _ in range(LOOKS))

    def _loser(
        self, plain: Workload, look: _Look, server: ServerInstance
    ) -> ConnectionRecord | None:
        """Return a client that is ended, or else one that loses bytes, though nothing is done."""
        records = [*undisturbed(execute(plain, server, self._rules))]
        ended = (one for one in records if one.ended_unasked)
        lost = (one for one in records if look.stall(one) is not None)
        return next(chain(ended, lost), None)


def _without_faults(trial: Trial) -> Iterator[Workload]:
    plain = tuple(map(_in_order, without_faults(trial.workload, _connecting)))
    if is_workload(plain):
        yield _as_silent(plain, trial)


def _as_silent(plain: Workload, trial: Trial) -> Workload:
    """Return a workload in which clients are silent for as long as those were that were ended."""
    silent = {
        record.client: record.silent_for
        for record in undisturbed(trial.history)
        if record.ended_unasked and record.silent_for >= IDLE
    }
    if not silent:
        return plain
    leaving = (i for i, one in enumerate(plain) if {*clients_in(one)} & silent.keys())
    ends = (i for i in leaving if isinstance(plain[i], HalfClose))
    place = next(ends, len(plain))
    # In whole seconds: the same steps are not tried again for each silence.
    silence = Silence(math.ceil(max(silent.values())) + 1)
    return (*plain[:place], silence, *plain[place:])


def _each_alone(trial: Trial) -> Iterator[Workload]:
    """Return what each client that was served late does, without the others and without faults."""
    plain = without_faults(trial.workload, _connecting)
    late = (one.client for one in undisturbed(trial.history) if one.late_echo() is not None)
    for client in islice(late, MOST_ALONE):
        alone = tuple(step for step in plain if {*clients_in(step)} <= {client})
        if is_workload(alone):
            yield alone


def _in_order(step: Step) -> Step:
    """Return a step that leaves as the book's client does, where this one closes or resets."""
    return HalfClose(step.client) if isinstance(step, Close | Reset) else step


def _connecting(client: int) -> Workload:
    """Return what a client does that a fault brings: some of these send what ends no line."""
    return (*asking(client), Send(client, A_WORD), Receive(client))


_WITHOUT: Mapping[str, _Look] = {
    isolation.INVARIANT.id: _Look(_without_faults, ConnectionRecord.lost_echo),
    # What it sends later may bring the echo that it waited for, also where it is alone.
    prompt_service.INVARIANT.id: _Look(_each_alone, ConnectionRecord.first_wait),
}
"""What is looked at beside a violation of an invariant that blames other connections."""
