"""Damage that adds up: what no workload shows by itself, and several on one server do.

A place that each reset costs, or a descriptor that each failure leaves open, shows only once a
limit is met. Then the last workload fails on the server that was used, and not on a fresh one, and
its case could not be replayed. All that the server has done is run again as one workload instead:
where that fails on fresh servers each time, it is the case.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from properties.model.events import Doubted
from properties.model.steps import Workload, clients, with_numbers
from properties.model.trial import Trial
from properties.server.steps import Close, HalfClose, Receive, Standstill

Workloads = tuple[Workload, ...]

MOST_STEPS = 4000
"""Steps of the longest workload that is made of several."""

LEAST = 2
"""Workloads that are more than the last one."""

TIMES = 2
"""Fresh servers that must fail: a race may show once, by having more chances."""


class Trail:
    """The last workloads that a server has run since it was started.

    No more of them than have MOST_STEPS steps together, for they are run as one.
    """

    def __init__(self) -> None:
        self._workloads: deque[Workload] = deque()
        self._steps = 0
        self._ran = self._workloads

    def begin(self) -> None:
        """Another server comes."""
        self._workloads, self._steps = deque(), 0

    def add(self, workload: Workload) -> None:
        """Another workload comes."""
        self._ran = self._workloads
        self._workloads.append(workload)
        self._steps += len(workload)
        while self._steps > MOST_STEPS:
            self._steps -= len(self._workloads.popleft())

    @property
    def last(self) -> Workloads:
        """Those that the server of the last workload has run, with that."""
        return tuple(self._ran)


def joined(workloads: Workloads) -> Workload:
    """Return one workload after the other as one.

    All clients of one end before the next begins, and the server is seen at rest before the last:
    it has noticed all ends then.
    """
    *others, last = _numbered(workloads)
    before = (step for one in others for step in (*one, *_ends(one)))
    return (*before, Standstill(), *last)


def _numbered(workloads: Iterable[Workload]) -> Iterator[Workload]:
    """Give each client a number of its own."""
    used = 0
    for workload in workloads:
        numbers = {client: used + place for place, client in enumerate(clients(workload), 1)}
        used += len(numbers)
        yield with_numbers(workload, numbers)


def _ends(workload: Workload) -> Workload:
    """Return the steps with which those clients end that are still connected."""
    left = clients(workload)
    asked = (step for client in left for step in (Receive(client), HalfClose(client)))
    return (*asked, *map(Close, left))


def shown_as_one(
    workloads: Workloads, violated: frozenset[str], run: Callable[[Workload], Trial]
) -> Trial | None:
    """Run workloads as one on fresh servers; return the last run, None where one shows nothing.

    The last workload is tried by itself first: it may show the same now and then. `run` runs a
    workload on a fresh server. `violated`: the invariants of which it must show one.
    """
    if len(workloads) < LEAST:
        return None
    if (trial := run(workloads[-1])).violated & violated:
        return trial
    whole = joined(workloads)
    for _ in range(TIMES):
        trial = run(whole)
        if not trial.violated & violated or any(trial.history.of(Doubted)):
            return None
    return trial
