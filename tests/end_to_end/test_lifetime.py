"""Whatever ends a run, nothing of it stays behind: no process, no port, no file."""

import random
import signal
import sys
from pathlib import Path

import pytest

from .runs import MarkedRun, holds_within

MOMENTS = 25
AT_LEAST = 6
"""Moments that are tried in every run of the tests."""
"""For each way of running; the two together make the fifty of the requirement."""

LATEST_PROCESS = (120, 30)
"""A run is ended when so many different processes have been seen, at the latest: a server's workers
are many, of a client there is one in each workload."""


def _end_at(run: MarkedRun, number: signal.Signals, processes: int) -> None:
    """Send a signal to the run as soon as it has had so many different processes."""
    process = run.start()
    seen: set[int] = set()

    def enough() -> bool:
        seen.update(run.processes())
        return len(seen) >= processes or process.poll() is not None

    try:
        assert holds_within(enough)
        process.send_signal(number)
        process.wait()
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


TARGETS = (
    ("--server", f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"),
    ("--client",),
)
"""A server, whose workers are processes, and a client, of which there is one for each workload."""


def _latest(moment: int) -> int:
    return LATEST_PROCESS[moment % len(TARGETS)]


def _check(moment: int, *more: str) -> tuple[str, ...]:
    target = TARGETS[moment % len(TARGETS)]
    return ("check", "--max-examples", "8", "--seed", "1", *more, *target)


each_moment = pytest.mark.parametrize(
    "moment",
    [
        pytest.param(moment, marks=[pytest.mark.exhaustive] if moment >= AT_LEAST else [])
        for moment in range(MOMENTS)
    ],
)


@each_moment
def test_sigkill_leaves_nothing_behind(moment: int, tmp_path: Path) -> None:
    run = MarkedRun(_check(moment), tmp_path)
    _end_at(run, signal.SIGKILL, random.Random(moment).randint(1, _latest(moment)))
    assert holds_within(lambda: not run.processes()), run.processes()
    assert list(tmp_path.iterdir()) == []


@each_moment
def test_sigkill_under_xdist_leaves_nothing_behind(moment: int, tmp_path: Path) -> None:
    run = MarkedRun(_check(moment, "-n", "2"), tmp_path)
    _end_at(run, signal.SIGKILL, random.Random(-moment).randint(1, _latest(moment)))
    assert holds_within(lambda: not run.processes()), run.processes()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("target", "processes"),
    [
        (0, 1),
        pytest.param(0, 5, marks=pytest.mark.exhaustive),
        (0, 30),
        pytest.param(0, 80, marks=pytest.mark.exhaustive),
        pytest.param(1, 1, marks=pytest.mark.exhaustive),
        (1, 5),
        pytest.param(1, 20, marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_an_interrupted_run_leaves_nothing_behind(
    number: signal.Signals, processes: int, target: int, more: tuple[str, ...], tmp_path: Path
) -> None:
    run = MarkedRun(_check(target, *more), tmp_path)
    _end_at(run, number, processes)
    assert holds_within(lambda: not run.processes()), run.processes()
    assert list(tmp_path.iterdir()) == []
