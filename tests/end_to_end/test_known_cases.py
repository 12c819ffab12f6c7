"""Cases outlive a run: the next one tries them first, and pytest runs them again."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from properties.cases.case import FOLDER, Case, read_case, write_case
from properties.server.invariants.no_zombies import INVARIANT
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import MarkedRun, finished
from tests.starting import interruptible

ROOT = Path(__file__).parents[2]
NO_HANDLER = with_zombies()
RIGHT = right()
ONE_CLIENT = (Open(1),)


def kept(folder: Path, words: tuple[str, ...]) -> Path:
    """Keep a case as an earlier run would have, and return its path as that run would print it."""
    case = Case(SERVER, INVARIANT, "control", ONE_CLIENT, "", words, failed=12, times=12)
    return write_case(case, folder / FOLDER).relative_to(folder)


def by_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the suite through pytest itself."""
    run = MarkedRun((), folder)
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    with interruptible():
        return subprocess.run(
            [*words, str(ROOT / "properties"), *arguments],
            cwd=folder,
            env=run.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def failures_in(junit: Path) -> Iterator[ElementTree.Element]:
    return ElementTree.parse(junit).getroot().iter("failure")


def test_a_replay_in_pytest_without_its_program_is_one_sentence(tmp_path: Path) -> None:
    case = kept(tmp_path, ("./no-such-program", "{port}"))
    done = by_pytest(tmp_path, "-q", "--replay", str(case))
    assert done.returncode == 1
    assert f"ERROR {case}: cannot start './no-such-program': No such file or directory" in (
        done.stdout
    )
    assert "Traceback" not in done.stdout
    assert "During handling" not in done.stdout


@pytest.mark.slow
def test_a_known_case_is_tried_before_anything_new(tmp_path: Path) -> None:
    kept(tmp_path, NO_HANDLER)
    few = ("-n", "1", "--max-examples", "1", "--no-sweep", "--fault", "control")
    done = finished(["check", *few, "--", *NO_HANDLER], tmp_path)
    assert done.returncode == 1, done.stdout
    assert re.search(r"fails (\d+) of \1\b", done.stdout)
    assert "shrunk from" not in done.stdout


@pytest.mark.slow
def test_a_known_case_that_does_not_fail_is_noted_and_is_no_failure(tmp_path: Path) -> None:
    path = kept(tmp_path, RIGHT)
    few = ("--max-examples", "1", "--no-sweep", "--fault", "control")
    done = finished(["check", "-n", "2", *few, "--", *RIGHT], tmp_path)
    assert done.returncode == 0, done.stdout
    assert f"known case {path} did not fail in 3 runs" in " ".join(done.stdout.split())


@pytest.mark.slow
def test_cases_of_another_server_and_files_that_are_none_are_left_alone(tmp_path: Path) -> None:
    kept(tmp_path, NO_HANDLER)
    (tmp_path / FOLDER / "notes.json").write_text("none of yours")
    few = ("--max-examples", "1", "--no-sweep", "--fault", "control")
    done = finished(["check", *few, "--", *RIGHT], tmp_path)
    assert done.returncode == 0, done.stdout
    assert "known case" not in done.stdout


@pytest.mark.slow
def test_a_failure_in_junit_xml_has_the_summary_and_the_replay_command(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    arguments = ["check", "--fail-fast", "--fault", "control", "--junitxml", str(junit)]
    finished([*arguments, "--", *NO_HANDLER], tmp_path)
    said = "\n".join(str(failure.text) for failure in failures_in(junit))
    assert "FAIL control x no_zombies" in said
    assert "every child that has terminated MUST be reaped" in said
    replay = next(line for line in said.splitlines() if "anechoic replay" in line)
    assert read_case(tmp_path / replay.split()[-1]).invariant is INVARIANT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "answer", "status"),
    [
        (("--times", "2"), "STILL FAILS 2/2", 1),
        (("--server", " ".join(RIGHT)), "FIXED 0/", 0),
        (("--server", " ".join(RIGHT), "--times", "1"), "NOT SEEN 0/1", 1),
    ],
)
def test_pytest_replays_a_case(
    options: tuple[str, ...], answer: str, status: int, tmp_path: Path
) -> None:
    path = kept(tmp_path, NO_HANDLER)
    done = by_pytest(tmp_path, "--replay", str(path), *options)
    assert done.returncode == status, done.stdout
    assert answer in done.stdout
    assert "control-0" not in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "is not JSON"), (json.dumps({"a": 1}), "it is not a case of anechoic")],
)
def test_pytest_names_a_case_that_it_cannot_read(content: str, words: str, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.json"
    damaged.write_text(content)
    done = by_pytest(tmp_path, "--replay", str(damaged))
    assert done.returncode == 2
    said = done.stdout + done.stderr
    assert f"{damaged}" in said
    assert words in said
    assert "Traceback" not in said
