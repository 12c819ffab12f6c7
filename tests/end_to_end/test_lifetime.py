"""Whatever ends a run, nothing of it stays behind: no process, no port, no file."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from target.processes import read_text
from tests.exhaustive import parameters

from .programs import right, with_zombies
from .runs import PATIENCE, MarkedRun, holds_within

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


TARGETS = (("--server", " ".join(right())), ("--client",))
"""A server, whose workers are processes, and a client, of which there is one for each workload."""


def _latest(moment: int) -> int:
    return LATEST_PROCESS[moment % len(TARGETS)]


def _check(moment: int, *more: str) -> tuple[str, ...]:
    target = TARGETS[moment % len(TARGETS)]
    return ("check", "--max-examples", "8", "--seed", "1", *more, *target)


each_moment = pytest.mark.parametrize(
    "moment", parameters(range(MOMENTS), str, lambda moment: moment >= AT_LEAST)
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


INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

IMPORTING = 60
"""Shared libraries that are loaded when all is imported, at least."""


def _handles_interruptions(pid: int) -> bool:
    words = (read_text(f"/proc/{pid}/status") or "SigCgt:\t0\n").split("SigCgt:")[1].split()[0]
    return bool(int(words, 16) & 1 << (signal.SIGHUP - 1))


def _libraries(pid: int) -> int:
    lines = (read_text(f"/proc/{pid}/maps") or "").splitlines()
    return len({line.split()[-1] for line in lines if ".so" in line})


@pytest.mark.parametrize(
    "moment", parameters(range(MOMENTS), str, lambda moment: moment >= AT_LEAST // 2)
)
@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_interrupted_run_says_what_it_has_found_and_leaves_nothing_behind(
    moment: int, workers: str, tmp_path: Path
) -> None:
    drawn = random.Random(f"{moment} {workers}")
    run = MarkedRun(_check(moment, "-n", workers, "--json", "result.json"), tmp_path)
    process = run.start()
    # Every third time while it imports, otherwise when so many processes have been seen.
    libraries = drawn.randint(1, IMPORTING) if moment % 3 == 0 else 1000
    processes = drawn.randint(2, _latest(moment))
    seen: set[int] = set()

    def enough() -> bool:
        seen.update(run.processes())
        if process.poll() is not None:
            return True
        return _handles_interruptions(process.pid) and (
            len(seen) >= processes or _libraries(process.pid) >= libraries
        )

    try:
        assert holds_within(enough)
        process.send_signal(drawn.choice(INTERRUPTIONS))
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, output
    assert "anechoic: interrupted" in output
    assert "Traceback" not in output
    assert holds_within(lambda: not run.processes()), run.processes()
    began = "workloads in " in output
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"] * began
    if began:
        assert "partial: it was interrupted" in output
        result = json.loads((tmp_path / "result.json").read_text())
        assert (result["partial"], result["exit_status"]) == (True, 130)


# With one worker it is the same part of pytest-xdist that ends the run.
@pytest.mark.parametrize("workers", ["0", pytest.param("1", marks=pytest.mark.exhaustive), "2"])
def test_an_interrupted_run_of_pytest_tells_in_each_file_what_it_has_found(
    workers: str, tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"
    files = ("--junitxml", "junit.xml", "--html", "page.html", "--json", "result.json")
    options = (*files, "--jsonl", str(events), "--cases", str(tmp_path / "cases"))
    server = ("--server", " ".join(with_zombies()))
    run = MarkedRun(("check", "-n", workers, *options, *server), tmp_path, temporary=tmp_path)
    process = run.start()

    def has_found() -> bool:
        found = events.exists() and '"violated": ["no_zombies"' in events.read_text()
        return found or process.poll() is not None

    try:
        assert holds_within(has_found)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, output
    assert "partial: it was interrupted" in output
    # Where its lines are broken depends on where the server is.
    assert "does not conform: no_zombies" in " ".join(output.split())
    junit = (tmp_path / "junit.xml").read_text()
    assert "partial: the run was interrupted" in junit
    assert "<failure" in junit
    assert "no_zombies" in junit
    assert "partial: it was interrupted" in (tmp_path / "page.html").read_text()
    result = json.loads((tmp_path / "result.json").read_text())
    failed = {one["invariant"] for one in result["checks"] if one["verdict"] == "fail"}
    assert failed == {"no_zombies"}
    assert any((tmp_path / "cases").iterdir())
    # Neither xdist nor pytest leaves its temporary directories.
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"junit.xml", "page.html", "result.json", "cases", events.name}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "distributed"])
def test_an_interrupted_run_of_the_suite_in_pytest_writes_what_it_has(
    workers: tuple[str, ...], tmp_path: Path
) -> None:
    events = tmp_path / "events.jsonl"
    options = ["--anechoic-server", " ".join(right()), "--anechoic-fault", "control"]
    options += ["--anechoic-jsonl", str(events), "--anechoic-json", "result.json"]
    options += ["--anechoic-html", "page.html", "--anechoic-max-examples", "2000"]
    words = ["-m", "pytest", "-p", "no:cacheprovider", *workers, "--pyargs", "properties.suite"]
    process = subprocess.Popen(
        [sys.executable, *words, *options],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        assert holds_within(lambda: events.exists() and '"workload"' in events.read_text())
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 2, output
    assert "partial: it was interrupted" in output
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["partial"]
    assert result["totals"]["workloads"] > 0
    assert "partial: it was interrupted" in (tmp_path / "page.html").read_text()


def test_xdist_workers_that_are_importing_end_with_their_controller(tmp_path: Path) -> None:
    words = ("check", "-n", "2", "-p", "no:cacheprovider", *TARGETS[0])
    run = MarkedRun(words, tmp_path)
    process = run.start()

    def workers() -> list[int]:
        of_each = {pid: read_text(f"/proc/{pid}/cmdline") or "" for pid in run.processes()}
        # Not yet what becomes the interpreter, which asks the kernel first.
        begun = {pid: words for pid, words in of_each.items() if "with_parent" not in words}
        return [pid for pid, words in begun.items() if "sys.stdin.readline" in words]

    try:
        assert holds_within(lambda: len(workers()) == 2 or process.poll() is not None)
        # Stopped, they cannot find out by themselves that their controller is gone.
        for pid in workers():
            os.kill(pid, signal.SIGSTOP)
        process.kill()
        assert holds_within(lambda: not run.processes()), run.processes()
    finally:
        for pid in run.processes():
            os.kill(pid, signal.SIGKILL)
        process.communicate()
