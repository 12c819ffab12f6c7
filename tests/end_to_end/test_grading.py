"""`anechoic grade`: what hostile submissions do to the grader, and what correct ones are given."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from properties.grading.rubric import READY
from target.confinement import NOBODY
from tests.compiled import compiled
from tests.end_to_end.runs import MarkedRun, answered, holds_within
from tests.properties.server_runs import PROGRAMS
from tests.target.test_confining import WHY_NOT

VARIANTS = Path(__file__).parents[1] / "variants"
needs_a_sandbox = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

LIMITS = "/proc/sys/user"
"""Where a user namespace may limit how many namespaces are made in it (namespaces(7))."""

FEW = """\
seconds = 30
memory = 64
[[stage]]
name = "aborted connections"
points = 1
families = ["aborted_connections"]
invariants = ["exact_echo", "listener_survives", "isolation", "no_zombies"]
"""
"""A rubric that takes about a second."""

MORE = """\
[[stage]]
name = "echo"
points = 3
families = ["disconnect_burst", "aborted_connections", "eof_races", "short_counts"]
invariants = ["exact_echo", "listener_survives", "no_zombies", "no_stray_workers", "no_fd_leak"]
"""


REAPING = """\
[[stage]]
name = "reaping"
points = 1
families = ["disconnect_burst"]
invariants = ["no_zombies"]
[[stage]]
name = "host crash"
points = 2
needs = ["reaping"]
families = ["host_crash"]
invariants = ["no_stray_workers"]
"""


def at_length(value: str) -> ParameterSet:
    """Return a parameter of a test that is made with --exhaustive only."""
    return pytest.param(value, marks=pytest.mark.exhaustive)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may look into, as pytest's own is not."""
    made = Path(f"/var/tmp/anechoic-grading-{os.getpid()}")
    made.mkdir(mode=0o755)
    yield made
    shutil.rmtree(made)


def program(folder: Path, source: Path) -> str:
    """Return the program of a C file, where any user may execute it."""
    made = compiled(source, ("cc", "-O1", "-pthread"))
    return str(shutil.copy(made, folder))


def graded(folder: Path, rubric: str, *words: str) -> tuple[int, dict[str, Any], str]:
    """Grade a program; return the exit status, the JSON object, and what was written."""
    (folder / "rubric.toml").write_text(rubric)
    arguments = ("grade", "rubric.toml", "--json", "grade.json", *words)
    run = MarkedRun(arguments, folder)
    process = run.start()
    output, _ = process.communicate(timeout=120)
    assert holds_within(lambda: not run.processes()), "something is left"
    path = folder / "grade.json"
    return process.returncode, json.loads(path.read_text()) if path.exists() else {}, output


def places() -> set[str]:
    """Return what lies where a hostile program has tried to write."""
    folders = ("/tmp", "/var/tmp", "/dev/shm", "/")
    return {
        name for folder in folders for name in os.listdir(folder) if name.startswith("hostile-")
    }


@needs_a_sandbox
@pytest.mark.parametrize(
    "deed", ["trace", "flood", *map(at_length, ("daemons", "kill_each", "fill_disk"))]
)
def test_harm_that_does_not_reach_the_grader_costs_nothing(folder: Path, deed: str) -> None:
    hostile = program(folder, PROGRAMS / "hostile.c")
    status, grade, output = graded(folder, FEW, "--", hostile, deed, "{port}")
    assert (status, grade["score"]) == (0, 1), output
    assert "is open" not in output
    assert not places()


@needs_a_sandbox
@pytest.mark.parametrize("deed", ["kill_all", "fork_bomb", *map(at_length, ("stop_all", "hog"))])
def test_harm_that_reaches_the_submission_itself_ends_with_a_grade(folder: Path, deed: str) -> None:
    hostile = program(folder, PROGRAMS / "hostile.c")
    words = ("--start-timeout", "1", "--", hostile, deed, "{port}")
    status, grade, output = graded(folder, FEW.replace("= 30", "= 2"), *words)
    assert (status, grade["max_score"]) == (0, 1), output
    assert grade["problem"] or grade["stages"][0]["losses"] or grade["in_doubt"], output


@needs_a_sandbox
@pytest.mark.parametrize(
    "name", ["epoll_loop", *map(at_length, ("threads", "double_fork", "sa_nocldwait"))]
)
def test_a_correct_server_has_all_points_in_the_sandbox(folder: Path, name: str) -> None:
    server = program(folder, VARIANTS / f"{name}.c")
    status, grade, output = graded(folder, MORE, "--", server, "{port}")
    assert (status, grade["score"]) == (0, 3), output
    assert grade["in_doubt"] == []


@needs_a_sandbox
def test_one_that_ends_at_once_has_none_and_the_reason(folder: Path) -> None:
    script = "echo no such port >&2; exit 3"
    status, grade, output = graded(folder, FEW, "--", "sh", "-c", script, "{port}")
    assert (status, grade["score"], grade["max_score"]) == (0, 0, 1)
    assert "ended before it listened: exited with status 3\nno such port" in grade["problem"]
    assert "no such port" in output


@needs_a_sandbox
def test_one_that_cannot_be_executed_has_no_grade(folder: Path) -> None:
    status, grade, output = graded(folder, FEW, "--", "./missing", "{port}")
    assert (status, grade) == (2, {})
    assert "cannot start './missing': No such file or directory" in output


@needs_a_sandbox
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_one_that_its_user_may_not_execute_is_explained(folder: Path) -> None:
    mine = folder / "mine"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o700)
    status, _, output = graded(folder, FEW, "--", str(mine), "{port}")
    assert status == 2
    assert f"runs with user id {NOBODY}: let that one read and execute it" in " ".join(
        output.split()
    )


@needs_a_sandbox
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare(1)")
@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("true", "there can be no sandbox for it here: Operation not permitted (its ids)"),
        (f"echo 0 > {LIMITS}/max_pid_namespaces", "No space left on device (PID namespace)"),
        (f"echo 0 > {LIMITS}/max_net_namespaces", "the submission would run in this machine's"),
    ],
)
def test_without_a_sandbox_nothing_is_run(folder: Path, first: str, words: str) -> None:
    (folder / "rubric.toml").write_text(FEW)
    server = f"touch {folder}/ran"
    graded = f"{sys.executable} -m anechoic grade rubric.toml -- sh -c '{server}' {{port}}"
    done = subprocess.run(
        ["unshare", "-U", "-r", "sh", "-c", f"{first} && {graded}"],
        cwd=folder,
        env=MarkedRun((), folder).environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "add --trust-submission" in " ".join(done.stderr.split())
    assert not (folder / "ran").exists()


def test_an_id_of_root_is_refused(folder: Path) -> None:
    (folder / "rubric.toml").write_text(FEW)
    done = answered(("grade", "rubric.toml", "--user", "0", "--", "cat", "{port}"), folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "root" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        (("mine.toml",), "mine.toml"),
        (("--json", "grade.json", "--start-timeout", "0"), "--json and --start-timeout"),
        (("--trust-submission", "--", "./mine", "{port}"), "--trust-submission and the command"),
    ],
)
def test_the_rubric_is_printed_alone(folder: Path, words: tuple[str, ...], left_out: str) -> None:
    done = answered(("grade", "--print-rubric", *words), folder)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert f"--print-rubric: prints, and does nothing else: leave out {left_out}" in said
    assert "[[stage]]" not in done.stdout


def test_the_printed_rubric_is_the_one_that_comes_along(folder: Path) -> None:
    done = answered(("grade", "--print-rubric"), folder)
    assert (done.returncode, done.stdout) == (0, READY.read_text())


def test_a_trusted_one_runs_with_our_rights(folder: Path) -> None:
    words = (sys.executable, "-P", "-m", "target.tcpserv04", "--port", "{port}")
    status, grade, output = graded(folder, FEW, "--trust-submission", "--", *words)
    assert (status, grade["score"]) == (0, 1), output


def test_the_ladder_loses_what_its_mistakes_cost_and_what_needs_it_is_not_tried(
    folder: Path,
) -> None:
    words = (sys.executable, "-P", "-m", "target.tcpserv01", "--port", "{port}")
    status, grade, output = graded(folder, REAPING, "--trust-submission", "--", *words)
    assert (status, grade["score"], grade["max_score"]) == (0, 0, 3), output
    reaping, further = grade["stages"]
    assert {loss["invariant"] for loss in reaping["losses"]} == {"no_zombies"}
    assert all(loss["case"] for loss in reaping["losses"])
    assert (further["needs"], further["undecided"]) == (["reaping"], [])
    assert "ends: a zombie" in output
