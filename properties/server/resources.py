"""Counting what is left of a workload when no client is connected.

Waits until the target is clean (no zombie, no new process, no more descriptors and threads), or
until it is certain or likely that it will not become so, and records what was seen.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from properties.engine import waiting
from properties.engine.parked import PARKED
from properties.engine.remaking import Remaking
from properties.engine.spinning import REST, SPINNING, RestDetector
from properties.engine.stillness import Stillness
from properties.model.events import Conclusion
from properties.model.history import History
from properties.server.events import WHILE_CONNECTED, Census, Idled
from properties.server.process_events import seen_process
from target import processes
from target.handle import Handle
from target.pace import Haste
from target.processes import Identity, Process
from target.settled import Look

Found = TypeVar("Found")

LOOK_INTERVAL = 0.0005
LONGEST_INTERVAL = 0.02
"""Seconds between two looks: half as much again after each."""

STARTING = 3.0
"""Seconds of processor time that a thread of a server that has just started may use, without ever
sleeping, before it is taken for one that spins and not waited for any longer."""


@dataclass(frozen=True)
class InitialResources:
    """The target as it was when nothing had happened: its processes, descriptors and threads.

    `pool`: those of its processes that serve clients below a master (`properties.server.pool`).
    `spins`: one of its threads did not come to rest.
    """

    members: frozenset[Identity]
    descriptors: int
    threads: int
    names: frozenset[tuple[int, int, str]]
    pool: frozenset[Identity] = frozenset()
    spins: bool = False


@dataclass(frozen=True)
class Possessions:
    """What the processes of a baseline hold now."""

    descriptors: int
    threads: int
    names: frozenset[tuple[int, int, str]]


def possessions(members: Iterable[Identity]) -> Possessions:
    """Count the descriptors and threads of these processes."""
    names: set[tuple[int, int, str]] = set()
    threads = 0
    for identity in members:
        process = processes.look_at(identity.pid)
        if process is None or process.identity != identity or process.is_zombie:
            continue
        threads += process.threads
        held = processes.descriptors_of(identity.pid)
        names.update((identity.pid, number, kind) for number, kind in held.items())
    return Possessions(len(names), threads, frozenset(names))


def count_initial_resources(handle: Handle, patience: float) -> InitialResources:
    """Wait until a server that has just started is at rest, or is seen to spin, and count it."""
    deadline, pace = time.monotonic() + patience, handle.pace
    is_known = pace.spun_at_start and pace.haste is not Haste.CAREFUL
    rest = RestDetector(handle, SPINNING if is_known else STARTING)

    def look() -> bool | None:
        is_over = rest.take_in(handle.look()) or bool(rest.spinning)
        return is_over or time.monotonic() >= deadline or None

    _repeated(look)
    members = frozenset(process.identity for process in handle.tree() if not process.is_zombie)
    held = possessions(members)
    pool = frozenset(process.identity for process in handle.pool())
    spins = bool(rest.spinning)
    # It may only have started as slowly as the one before.
    pace.shortcuts += spins and is_known
    return InitialResources(members, held.descriptors, held.threads, held.names, pool, spins)


def refills(handle: Handle, baseline: InitialResources) -> tuple[Process, ...]:
    """Return the processes that have come for those of the pool that have ended, no more."""
    if not baseline.pool:
        return ()
    now = handle.pool()
    gone = len(baseline.pool) - sum(process.identity in baseline.pool for process in now)
    new = [
        process
        for process in now
        if process.identity not in baseline.members and _is_of(process.parent, baseline)
    ]
    return tuple(sorted(new, key=lambda process: process.identity)[:gone])


def _is_of(pid: int, baseline: InitialResources) -> bool:
    return processes.identify(pid) in baseline.members - baseline.pool


def take(
    handle: Handle,
    history: History,
    baseline: InitialResources,
    label: str,
    patience: float,
    rest: float = REST,
    notice: Callable[[Look], None] = waiting.ignore,
) -> Census:
    """Wait until the target is clean, or will not be, and record it.

    `rest`: seconds for which what has grown is given the chance to go away by itself. `notice` is
    called with each look at the target.
    """
    counting = _ResourceCheck(handle, baseline, patience, rest, notice)
    conclusion = _repeated(counting.look)
    census = counting.census(history.now(), label, conclusion)
    history.add(census)
    return census


def take_while_connected(
    handle: Handle, history: History, baseline: InitialResources, patience: float
) -> None:
    """While clients are connected, wait until no zombie is left, or one will be, and record it."""
    counting = _ResourceCheck(handle, baseline, patience)
    conclusion = _repeated(counting.look_for_zombies)
    history.add(replace(counting.census(history.now(), WHILE_CONNECTED, conclusion), strays=()))


def take_idle(
    handle: Handle, history: History, baseline: InitialResources, patience: float
) -> bool:
    """While clients are connected and nothing is to be done, see whether the target rests."""
    counting = _ResourceCheck(handle, baseline, patience)
    conclusion = _repeated(counting.look_for_rest)
    history.add(Idled(history.now(), conclusion, counting.evidence, counting.spinning))
    return conclusion is Conclusion.MET


def _repeated(look: Callable[[], Found | None]) -> Found:
    """Look until something is found, less and less often."""
    interval = LOOK_INTERVAL
    while (found := look()) is None:
        time.sleep(interval)
        interval = min(LONGEST_INTERVAL, interval * 1.5)
    return found


class _ResourceCheck:
    """One census while it is taken."""

    def __init__(
        self,
        handle: Handle,
        baseline: InitialResources,
        patience: float,
        rest: float = REST,
        notice: Callable[[Look], None] = waiting.ignore,
    ) -> None:
        self._rest = rest
        self._notice = notice
        self._handle = handle
        self._baseline = baseline
        self._began = time.monotonic()
        self._given, self._patience = patience, handle.pace.patience(patience)
        self._stillness = Stillness(handle, "census")
        self._seen = Look((), ())
        self._still_since: float | None = None
        self._rest_detector = RestDetector(handle)
        self._remaking = Remaking()
        self.evidence = ""
        self.spinning = ""

    def look(self) -> Conclusion | None:
        """Look once; return how the census ends, None when it goes on."""
        self._seen = self._handle.look()
        self._notice(self._seen)
        is_settled = self._is_settled()
        is_awake = not self._rest_detector.take_in(self._seen)
        if self._remakes(is_settled) or is_awake:
            return self._judge_restlessness()
        if not self._seen.zombies and not self._strays():
            held = possessions(self._baseline.members)
            grown = (
                held.descriptors > self._baseline.descriptors
                or held.threads > self._baseline.threads
            )
            if not grown or self._rest_detector.seconds > self._rest:
                return Conclusion.MET
        return self._judge_waiting(is_settled)

    def _remakes(self, is_settled: bool) -> bool:
        """Return whether processes may come and go without end for one of the pool that is gone."""
        lacks_one = self._lacks_one_of_the_pool()
        return lacks_one and (bool(self.spinning) or not (is_settled or self._remaking.is_over))

    def _lacks_one_of_the_pool(self) -> bool:
        """Return whether one is gone; then see whether others are made for it without end."""
        there = {process.identity for process in self._seen.processes if not process.is_zombie}
        if self._baseline.pool <= there:
            return False
        self.spinning = self._remaking.spinning(self._seen)
        return True

    def look_for_zombies(self) -> Conclusion | None:
        """Look once; MET when every thread sleeps and no zombie is left."""
        self._seen = self._handle.look()
        is_settled = self._is_settled()
        if not self._rests():
            return self._judge_restlessness()
        return self._judge_waiting(is_settled) if self._seen.zombies else Conclusion.MET

    def _judge_waiting(self, is_settled: bool) -> Conclusion | None:
        if is_settled:
            self.evidence = f"{waiting.describe(self._seen)}{self._stillness.wakes}"
            return Conclusion.IDLE if self._stillness.only_wakes_up else Conclusion.SETTLED
        waited = time.monotonic() - self._began
        if waited > self._patience:
            self.evidence = f"{waiting.describe(self._seen)} for {waited:.1f} s"
            self._handle.pace.shortcuts += self._patience < self._given
            return Conclusion.ASLEEP
        return None

    def _is_settled(self) -> bool:
        if not self._stillness.is_still(self._seen):
            self._still_since = None
            return False
        now = time.monotonic()
        self._still_since = self._still_since or now
        return now - self._still_since >= (PARKED if self._handle.talks_inside() else 0.0)

    def look_for_rest(self) -> Conclusion | None:
        """Look once; MET as soon as every thread sleeps."""
        self._seen = self._handle.look()
        return Conclusion.MET if self._rests() else self._judge_restlessness()

    def _rests(self) -> bool:
        """Return whether all threads sleep; where not, see whether processes come without end."""
        rests = self._rest_detector.take_in(self._seen)
        if not rests:
            self._lacks_one_of_the_pool()
        return rests

    def _judge_restlessness(self) -> Conclusion | None:
        self.spinning = self._rest_detector.spinning or self.spinning
        if self.spinning:
            self.evidence = self.spinning
            return Conclusion.BUSY
        if time.monotonic() - self._began > waiting.STARVED_FACTOR * self._patience:
            self.evidence = "the target never came to rest"
            return Conclusion.STARVED
        return None

    def _strays(self) -> tuple[Process, ...]:
        found = tuple(
            process
            for process in self._seen.processes
            if not process.is_zombie and process.identity not in self._baseline.members
        )
        if not found or not self._baseline.pool:
            return found
        replaced = {process.identity for process in refills(self._handle, self._baseline)}
        return tuple(process for process in found if process.identity not in replaced)

    def census(self, at: float, label: str, conclusion: Conclusion) -> Census:
        """Return a census of what was seen last."""
        held = possessions(self._baseline.members)
        return Census(
            at=at,
            label=label,
            conclusion=conclusion,
            evidence=self.evidence,
            zombies=tuple(seen_process(process, self._seen) for process in self._seen.zombies),
            strays=tuple(seen_process(process, self._seen) for process in self._strays()),
            descriptors=held.descriptors,
            threads=held.threads,
            grown=_new_descriptors(self._baseline.names, held.names),
            spinning=self.spinning,
        )


def _new_descriptors(
    before: frozenset[tuple[int, int, str]], after: frozenset[tuple[int, int, str]]
) -> tuple[str, ...]:
    return tuple(f"{pid}: {number} -> {kind}" for pid, number, kind in sorted(after - before))
