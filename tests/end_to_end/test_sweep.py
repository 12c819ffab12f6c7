"""`anechoic check --sweep`, as a user runs it: what it counts and finds, and the replay."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compiled import compiled
from tests.end_to_end.runs import answered

TESTS = Path(__file__).parents[1]


def anechoic(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = (sys.executable, "-m", "anechoic", *arguments)
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )


def program(name: str, *options: str) -> str:
    return str(compiled(TESTS / f"{name}.c", ("cc", "-O1", "-pthread", *options)))


def test_a_server_that_dies_of_one_call_has_one_finding_which_can_be_replayed(
    tmp_path: Path,
) -> None:
    server = program("mutants/getpeername_fatal")
    done = anechoic(tmp_path, "check", "--sweep", "--seed", "1", "--", server, "{port}")
    assert done.returncode == 1
    total = re.search(r"^(\d+) of (\d+) points, 1 finding$", done.stdout, re.MULTILINE)
    assert total is not None
    assert total[1] == total[2]
    assert "getpeername of the listener 3 of 3" in " ".join(done.stdout.split())
    (case,) = (tmp_path / ".anechoic" / "cases").glob("*.json")
    again = anechoic(tmp_path, "replay", str(case))
    assert again.returncode == 1
    assert "getpeername" in again.stdout


def test_a_correct_server_has_no_finding(tmp_path: Path) -> None:
    server = program("servers/maps_unchecked", "-DFIXED")
    done = anechoic(tmp_path, "check", "--sweep", "--", server, "{port}")
    assert done.returncode == 0
    assert re.search(r"^(\d+) of \1 points, 0 findings$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--quick",), "give --sweep or --quick, not both"),
        (("--fault", "freeze"), "give --sweep or --fault, not both"),
        (("--client",), "--sweep is for servers that anechoic starts"),
        (("--address", "127.0.0.1:7"), "--sweep is for servers that anechoic starts"),
    ],
)
def test_what_does_not_go_together_is_told(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    done = answered(["check", "--sweep", *arguments], tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
