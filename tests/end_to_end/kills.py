"""SIGKILL for a process of a run at a drawn moment, and what is left of those that it held.

A run has four kinds of processes of ours: the tester, its workers (and the forks in which it tries
a target out), the nurseries of both, and the keepers of their targets.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from target import processes
from target.descendants import descendants_of
from target.processes import Identity, read_text
from tests.end_to_end.runs import MarkedRun, holds_within

KINDS = ("tester", "worker", "nursery", "keeper")

LATEST_PROCESS = 100
"""A process is killed when so many different ones have been seen, at the latest."""

TARGETS = (
    ("--server", f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"),
    ("--server", f"{sys.executable} -P -m target.tcpserv01 --port {{port}}"),
    ("--client",),
)


@dataclass(frozen=True)
class Killed:
    """What became of a kill: the seconds until all was gone that it should end, twice.

    `held`: what was below the process that was killed, but for a nursery, whose keepers go on.
    `rest`: everything of the run, once the tester was killed as well. None: something was left.
    """

    kind: str
    held: float | None
    rest: float | None


def kill_once(number: int, folder: Path, patience: float) -> Killed:
    """Kill a process of a run in a folder, at a moment that is drawn from `number`."""
    drawn = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    words = ("check", "-n", "2", "--max-examples", "8", "--seed", "1", *drawn.choice(TARGETS))
    run = MarkedRun(words, folder)
    tester = run.start()
    try:
        _await_processes(run, tester, drawn.randint(2, LATEST_PROCESS))
        held = _kill(kind, tester, drawn, patience)
        tester.kill()
        return Killed(kind, held, _seconds_until(lambda: not run.processes(), patience))
    finally:
        tester.kill()
        tester.communicate()
        for pid in run.processes():
            os.kill(pid, signal.SIGKILL)


def _await_processes(run: MarkedRun, tester: subprocess.Popen[str], most: int) -> None:
    seen: set[int] = set()

    def enough() -> bool:
        seen.update(run.processes())
        return len(seen) >= most or tester.poll() is not None

    assert holds_within(enough)


def _kill(
    kind: str, tester: subprocess.Popen[str], drawn: random.Random, patience: float
) -> float | None:
    """Kill one of this kind; return the seconds until what it held was gone, None if it was not."""
    victims: list[Identity] = []

    def there_is_one() -> bool:
        victims[:] = of_kind(kind, tester.pid)
        return bool(victims) or tester.poll() is not None

    assert holds_within(there_is_one)
    if not victims:
        return 0.0
    victim = drawn.choice(victims)
    held = (
        [] if kind == "nursery" else list(filter(None, map(_identify, descendants_of(victim.pid))))
    )
    processes.send_signal(victim, signal.SIGKILL)
    return _seconds_until(lambda: not any(map(_is_there, [victim, *held])), patience)


def of_kind(kind: str, tester: int) -> list[Identity]:
    """Return the processes of a kind that there are, oldest first."""
    if kind == "tester":
        return list(filter(None, [_identify(tester)]))
    found = {pid: _runs_the_keeper(pid) for pid in descendants_of(tester)}
    found_of = {
        "worker": [pid for pid in found if not found[pid] and _parent(pid) == tester],
        "nursery": [pid for pid in found if found[pid] and not found.get(_parent(pid), False)],
        "keeper": [pid for pid in found if found[pid] and found.get(_parent(pid), False)],
    }
    return list(filter(None, map(_identify, sorted(found_of[kind]))))


def _identify(pid: int) -> Identity | None:
    return processes.identify(pid)


def _parent(pid: int) -> int:
    process = processes.look_at(pid)
    return process.parent if process else 0


def _runs_the_keeper(pid: int) -> bool:
    return f"{os.sep}target{os.sep}keeper.py" in (read_text(f"/proc/{pid}/cmdline") or "")


def _is_there(identity: Identity) -> bool:
    process = processes.look_at(identity.pid)
    return process is not None and process.identity == identity and not process.is_zombie


def _seconds_until(condition: Callable[[], bool], patience: float) -> float | None:
    began = time.monotonic()
    return time.monotonic() - began if holds_within(condition, patience) else None
