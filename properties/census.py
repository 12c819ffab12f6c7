"""Counting what is left of a workload when no client is connected.

Waits until the target is clean (no zombie, nobody who was not there before, no more descriptors and
threads), or until it is certain or likely that it will not become so, and records what was seen.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from properties import quiet
from properties.events import Census, Conclusion, Idled, SeenProcess
from properties.history import History
from properties.wakeful import Wakeful
from target import processes, settled
from target.handle import Handle
from target.processes import Identity, Process
from target.settled import Look

LOOK_INTERVAL = 0.0005
LONGEST_INTERVAL = 0.02

REST = 0.25
"""Seconds of rest after which more descriptors or threads than before are taken as they are."""


@dataclass(frozen=True)
class Baseline:
    """The target as it was when nothing had happened: its processes, descriptors and threads."""

    members: frozenset[Identity]
    descriptors: int
    threads: int
    names: frozenset[tuple[int, int, str]]


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


def take_baseline(handle: Handle, patience: float) -> Baseline:
    """Wait until a server that has just started is at rest, and count it."""
    deadline = time.monotonic() + patience
    while not settled.at_rest(handle.look()) and time.monotonic() < deadline:
        time.sleep(LOOK_INTERVAL)
    members = frozenset(process.identity for process in handle.tree() if not process.is_zombie)
    held = possessions(members)
    return Baseline(members, held.descriptors, held.threads, held.names)


def take(
    handle: Handle,
    history: History,
    baseline: Baseline,
    label: str,
    patience: float,
    rest: float = REST,
    notice: Callable[[Look], None] = quiet.no_one,
) -> Census:
    """Wait until the target is clean, or will not be, and record it.

    `rest`: seconds for which what has grown is given the chance to go away by itself. `notice` is
    told of each look at the target.
    """
    counting = _Counting(handle, baseline, patience, rest, notice)
    interval = LOOK_INTERVAL
    while (conclusion := counting.look()) is None:
        time.sleep(interval)
        interval = min(LONGEST_INTERVAL, interval * 1.5)
    census = counting.census(history.now(), label, conclusion)
    history.add(census)
    return census


def take_idle(handle: Handle, history: History, baseline: Baseline, patience: float) -> bool:
    """While clients are connected and nothing is to be done, see whether the target rests."""
    counting = _Counting(handle, baseline, patience)
    while (conclusion := counting.look_for_rest()) is None:
        time.sleep(LOOK_INTERVAL)
    history.add(Idled(history.now(), conclusion, counting.evidence, counting.spinning))
    return conclusion is Conclusion.MET


class _Counting:
    """One census in the making."""

    def __init__(
        self,
        handle: Handle,
        baseline: Baseline,
        patience: float,
        rest: float = REST,
        notice: Callable[[Look], None] = quiet.no_one,
    ) -> None:
        self._rest = rest
        self._notice = notice
        self._handle = handle
        self._baseline = baseline
        self._patience = patience
        self._began = time.monotonic()
        self._before: Look | None = None
        self._seen = Look((), ())
        self._rest_since: float | None = None
        self._still_since: float | None = None
        self._wakeful = Wakeful(handle)
        self.evidence = ""
        self.spinning = ""

    def look(self) -> Conclusion | None:
        """Look once; return how the census ends, None when it goes on."""
        self._seen = self._handle.look()
        self._notice(self._seen)
        before, self._before = self._before, self._seen
        if not settled.at_rest(self._seen):
            self._rest_since = None
            return self._watch_the_restless()
        self._wakeful.all_slept()
        now = time.monotonic()
        self._rest_since = self._rest_since or now
        if not self._seen.zombies and not self._strays():
            held = possessions(self._baseline.members)
            grown = (
                held.descriptors > self._baseline.descriptors
                or held.threads > self._baseline.threads
            )
            if not grown or now - self._rest_since > self._rest:
                return Conclusion.MET
        if before is not None and self._is_settled(before):
            self.evidence = quiet.describe(self._seen)
            return Conclusion.SETTLED
        if now - self._began > self._patience:
            self.evidence = f"{quiet.describe(self._seen)} for {now - self._began:.1f} s"
            return Conclusion.ASLEEP
        return None

    def _is_settled(self, before: Look) -> bool:
        if settled.restless(before, self._seen):
            self._still_since = None
            return False
        now = time.monotonic()
        self._still_since = self._still_since or now
        return now - self._still_since >= (quiet.PARKED if self._handle.talks_inside() else 0.0)

    def look_for_rest(self) -> Conclusion | None:
        """Look once; MET as soon as every thread sleeps."""
        self._seen = self._handle.look()
        return Conclusion.MET if settled.at_rest(self._seen) else self._watch_the_restless()

    def _watch_the_restless(self) -> Conclusion | None:
        self.spinning = self._wakeful.spinning(self._seen)
        if self.spinning:
            self.evidence = self.spinning
            return Conclusion.BUSY
        if time.monotonic() - self._began > quiet.STARVED_FACTOR * self._patience:
            self.evidence = "the target never came to rest"
            return Conclusion.STARVED
        return None

    def _strays(self) -> tuple[Process, ...]:
        return tuple(
            process
            for process in self._seen.processes
            if not process.is_zombie and process.identity not in self._baseline.members
        )

    def census(self, at: float, label: str, conclusion: Conclusion) -> Census:
        """Put into words and numbers what was seen last."""
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


def seen_process(process: Process, look: Look) -> SeenProcess:
    """Return what a look says of a process, for a history."""
    calls = {
        str(thread.wait)
        for thread in look.threads
        if thread.pid == process.identity.pid and thread.wait is not None
    }
    return SeenProcess(
        process.identity.pid, process.parent, process.name, process.state, tuple(sorted(calls))
    )
