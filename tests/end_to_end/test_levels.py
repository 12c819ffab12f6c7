"""Levels: a violation that is too weak is shown everywhere, and fails nothing."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.compiled import filled_once, shared_by_workers
from tests.end_to_end.programs import ends_after
from tests.end_to_end.runs import answered, finished

UNPORTABLE = ends_after("ENONET", "EHOSTUNREACH")
CHECK = ("check", "--seed", "1", "--fault", "accept_errors", "--max-examples", "1", "-n", "1")


def checked(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Check a server that ends after the errors of accept that are a MAY."""
    return finished([*CHECK, *options, "--", *UNPORTABLE], folder)


@dataclass(frozen=True)
class Checked:
    """A run that would have ended at the first violation that fails it."""

    status: int
    said: str
    folder: Path

    @property
    def events(self) -> list[Any]:
        """What happened, as `--jsonl` tells it."""
        return list(map(json.loads, (self.folder / "events.jsonl").read_text().splitlines()))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Return a run of the unportable server, the same one in all workers of xdist."""

    def make(folder: Path) -> None:
        done = checked(folder, "--fail-fast", "--jsonl", str(folder / "events.jsonl"))
        (folder / "said").write_text(done.stdout)
        (folder / "status").write_text(str(done.returncode))

    folder = filled_once(shared_by_workers(tmp_path_factory) / "levels", make)
    return Checked(int((folder / "status").read_text()), (folder / "said").read_text(), folder)


def test_a_weak_violation_is_a_note_and_does_not_fail_the_run(run: Checked) -> None:
    assert run.status == 0, run.said
    assert "note accept_errors x listener_survives" in run.said
    assert "level     MAY (accept(2)" in run.said
    assert "conforms at MUST, with 1 note: listener_survives" in " ".join(run.said.split())


def test_its_level_is_beside_its_verdict_in_the_result(run: Checked) -> None:
    result = run.events[-1]["result"]
    found = [one for one in result["checks"] if one["verdict"] == "fail"]
    assert [(one["invariant"], one["level"]) for one in found] == [("listener_survives", "may")]
    assert result["totals"]["fail_may"] == 1


def test_it_does_not_end_a_run_that_ends_at_the_first_violation(run: Checked) -> None:
    started, *others = run.events
    assert sum(one["event"] == "part" for one in others) == started["parts"]
    assert {one["level"] for one in others if one["event"] == "found"} == {"may"}


def test_its_case_tells_its_level_and_fails_again_whatever_that_is(run: Checked) -> None:
    (path,) = (run.folder / ".anechoic" / "cases").glob("*.json")
    # Another worker of xdist may have made it, whose record is its own.
    done = finished(["replay", "--trust", "--times", "1", str(path)], run.folder)
    assert done.returncode == 1, done.stdout
    assert "STILL FAILS 1/1  accept_errors x listener_survives  UNP 5.9  MAY" in done.stdout


def test_it_fails_the_run_where_its_level_was_asked_for(tmp_path: Path) -> None:
    done = checked(tmp_path, "--level", "may", "--fail-fast")
    assert done.returncode == 1, done.stdout
    assert "FAIL accept_errors x listener_survives" in done.stdout


def test_a_level_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = answered([*CHECK, "--level", "high", "--", *UNPORTABLE], tmp_path)
    assert done.returncode == 2
    assert "there is no such level; known are must, should, may" in done.stderr


def test_in_junit_xml_a_weak_violation_is_a_property_and_no_failure(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    done = checked(tmp_path, "--junitxml", str(junit))
    assert done.returncode == 0, done.stdout
    said = junit.read_text()
    assert 'name="anechoic_note" value="accept_errors x listener_survives: ' in said
    assert "<failure" not in said


TESTS = """\
import anechoic

test_mine = anechoic.conformance_tests({!r}, faults=["accept_errors"], max_examples=8, seed=1)


def test_with_the_fixture(anechoic_check):
    result = anechoic_check({!r}, faults=["accept_errors"], max_examples=8, seed=1)
    assert result.levels["listener_survives"] is anechoic.Level.MAY
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "status"),
    [
        pytest.param((), 0, marks=pytest.mark.exhaustive),
        pytest.param(("--anechoic-level", "may"), 1, marks=pytest.mark.exhaustive),
    ],
)
def test_in_a_project_of_its_own_a_weak_violation_fails_no_test_and_is_told(
    options: tuple[str, ...], status: int, tmp_path: Path
) -> None:
    command = " ".join(UNPORTABLE)
    (tmp_path / "test_server.py").write_text(TESTS.format(command, command))
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        [*words, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout
    told = "anechoic: violations that fail no test" in done.stdout
    assert told is (status == 0)
    assert ("note test_server.py::test_mine[accept_errors-0]: " in done.stdout) is told
