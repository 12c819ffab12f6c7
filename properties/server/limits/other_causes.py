"""Looks on fresh servers for another cause of a violation than what the workload has done.

Clients may wait, or be turned away, because the server serves no more at once. And they may lose
bytes that they lose without any fault, or alone, as well: then no other connection has done that.
Without any fault, each client half-closes also where it would have closed or reset its connection.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, islice
from typing import Any

from faults.payloads import A_WORD
from properties.model.settings import Rules
from properties.model.steps import Step, Workload, clients_in, is_workload, without_faults
from properties.model.trial import Trial, judged_once_more
from properties.model.verdict import Invariant
from properties.server.connection_records import SMALLEST_LIMIT, ConnectionRecord, undisturbed
from properties.server.events import FewServed, LimitSeen, LostWithoutFaults
from properties.server.execute import execute
from properties.server.instance import ServerInstance
from properties.server.invariants import isolation, prompt_service
from properties.server.limits.client_limit import turned_away
from properties.server.limits.limit_probe import crowd, served_at_once
from properties.server.steps import Close, HalfClose, Receive, Reset, Send, asking

Look = Callable[[Callable[[ServerInstance], Any]], Any]

MOST_ALONE = 3
"""Clients that were served late of which it is tried what each gets alone."""


class OtherCauses:
    """What fresh servers have shown. `fresh` calls what it is given with one, and ends that."""

    def __init__(self, rules: Rules, invariants: tuple[Invariant, ...]) -> None:
        self._rules = rules
        self._invariants = invariants
        self._limit: int | None = None
        self._losers: dict[Workload, ConnectionRecord | None] = {}

    def judged(self, trial: Trial, fresh: Look) -> Trial:
        """Judge the violations of a trial once more where they may have another cause."""
        if trial.violated and (
            crowd(trial.history) >= SMALLEST_LIMIT
            or (isolation.INVARIANT.id in trial.violated and turned_away(trial.history))
        ):
            trial = self._judged_with_the_limit(trial, fresh)
        for invariant, others in _WITHOUT.items():
            if invariant in trial.violated and (plain := tuple(others(trial))):
                trial = self._judged_beside(plain, trial, fresh)
        return trial

    def _judged_with_the_limit(self, trial: Trial, fresh: Look) -> Trial:
        """Judge a trial once more, with how many are served at once; few are a defect as well."""
        limit = self._limit_of(fresh)
        if not 0 < limit <= crowd(trial.history):
            return trial
        kind = LimitSeen if limit >= SMALLEST_LIMIT else FewServed
        return judged_once_more(trial, kind(trial.history.now(), limit), self._invariants)

    def _limit_of(self, fresh: Look) -> int:
        """Return how many clients are served at once before one is not, 0 for any number.

        It must be the same twice, each time with a fresh server.
        """
        if self._limit is None:
            found = {fresh(lambda server: served_at_once(server, self._rules)) for _ in range(2)}
            self._limit = found.pop() or 0 if len(found) == 1 else 0
        return self._limit

    def _judged_beside(self, plain: tuple[Workload, ...], trial: Trial, fresh: Look) -> Trial:
        """Judge a trial once more where one of these workloads loses bytes by itself."""
        for one in plain:
            if one not in self._losers:
                self._losers[one] = fresh(partial(self._loser, one))
            if (loser := self._losers[one]) is not None:
                now = trial.history.now()
                seen = LostWithoutFaults(now, loser.client, ended=loser.ended_unasked)
                return judged_once_more(trial, seen, self._invariants)
        return trial

    def _loser(self, plain: Workload, server: ServerInstance) -> ConnectionRecord | None:
        """Return a client that is ended, or else one that loses bytes, though nothing is done."""
        records = [*undisturbed(execute(plain, server, self._rules))]
        ended = (one for one in records if one.ended_unasked)
        lost = (one for one in records if one.lost_echo() is not None)
        return next(chain(ended, lost), None)


def _without_faults(trial: Trial) -> Iterator[Workload]:
    plain = tuple(map(_in_order, without_faults(trial.workload, _connecting)))
    if is_workload(plain):
        yield plain


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


_WITHOUT: Mapping[str, Callable[[Trial], Iterator[Workload]]] = {
    isolation.INVARIANT.id: _without_faults,
    prompt_service.INVARIANT.id: _each_alone,
}
"""What is looked at beside a violation of an invariant that blames other connections."""
