"""Levels: a violation that is too weak is shown everywhere, and fails nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faults.server.accept_errors import AcceptErrno
from properties.cases.case import read_case
from properties.model.levels import Level
from tests.end_to_end.runs import finished

SERVER = str(Path(__file__).parents[1] / "servers" / "particular.py")
RARE = ("ENETDOWN", "ENOPROTOOPT", "EHOSTDOWN", "ENONET", "EHOSTUNREACH", "EOPNOTSUPP")
UNPORTABLE = (sys.executable, SERVER, "{port}", *RARE, "ENETUNREACH")
DEADLY = (sys.executable, SERVER, "{port}", *(one.name for one in AcceptErrno))
CHECK = ("check", "--seed", "1", "--fault", "accept_errors", "--max-examples", "8")


def checked(folder: Path, *options: str, server: tuple[str, ...] = UNPORTABLE) -> Any:
    """Check a server that ends after some errors of accept, by default those of a MAY."""
    return finished([*CHECK, *options, "--", *server], folder)


def test_a_weak_violation_is_a_note_and_does_not_fail_the_run(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    done = checked(tmp_path, "--json", str(result))
    assert done.returncode == 0, done.stdout
    assert "note accept_errors x listener_survives" in done.stdout
    assert "level     MAY (accept(2)" in done.stdout
    assert "conforms at MUST, with 1 note: listener_survives" in done.stdout
    made = json.loads(result.read_text())
    found = [one for one in made["checks"] if one["verdict"] == "fail"]
    assert [(one["invariant"], one["level"]) for one in found] == [("listener_survives", "may")]


def test_it_fails_the_run_where_its_level_was_asked_for(tmp_path: Path) -> None:
    done = checked(tmp_path, "--level", "may")
    assert done.returncode == 1, done.stdout
    assert "FAIL accept_errors x listener_survives" in done.stdout


def test_the_first_violation_that_fails_the_run_ends_it_and_no_weaker_one(tmp_path: Path) -> None:
    done = checked(tmp_path, "--fail-fast", "-n", "1", "--max-examples", "9")
    assert done.returncode == 0, done.stdout
    events = tmp_path / "events.jsonl"
    checked(tmp_path, "--fail-fast", "-n", "1", "--jsonl", str(events))
    parts = [json.loads(line) for line in events.read_text().splitlines()]
    (started,) = (one for one in parts if one["event"] == "started")
    assert sum(one["event"] == "part" for one in parts) == started["parts"]


def test_a_server_that_dies_of_all_errors_is_convicted_at_the_strongest_level(
    tmp_path: Path,
) -> None:
    done = checked(tmp_path, "--max-examples", "24", server=DEADLY)
    cases = [read_case(path) for path in (tmp_path / ".anechoic" / "cases").glob("*.json")]
    strongest = max(case.level for case in cases)
    assert strongest > Level.MAY
    assert done.returncode == (1 if strongest is Level.MUST else 0), done.stdout


def test_a_level_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = checked(tmp_path, "--level", "high")
    assert done.returncode == 2
    assert "there is no such level; known are must, should, may" in done.stdout


def test_a_replayed_case_tells_its_level_and_fails_whatever_that_is(tmp_path: Path) -> None:
    checked(tmp_path)
    (path,) = (tmp_path / ".anechoic" / "cases").glob("*.json")
    done = finished(["replay", "--times", "1", str(path)], tmp_path)
    assert done.returncode == 1, done.stdout
    assert "STILL FAILS 1/1  accept_errors x listener_survives  UNP 5.9  MAY" in done.stdout


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


@pytest.mark.parametrize(
    ("options", "status"), [((), 0), (("-n", "2"), 0), (("--anechoic-level", "may"), 1)]
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
    assert (f"note {'test_server.py'}::test_mine[accept_errors-0]: " in done.stdout) is told
