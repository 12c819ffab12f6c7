"""Shards and their merging as users give them: one run, divided and put together again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import answered, finished

CHECK = ("check", "--max-examples", "9", "--no-sweep", "--fault", "control", "-n", "1")
LADDER = ("--", *with_zombies())


def checked(folder: Path, shard: str, *more: str) -> int:
    name = f"{shard[0]}.json"
    arguments = (*CHECK, "--shard", shard, "--json", name, "--fail-fast", *more, *LADDER)
    return finished(arguments, folder).returncode


def test_a_run_is_divided_and_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "those"))
    assert 1 in [checked(tmp_path, "1/2"), checked(tmp_path, "2/2")]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "ours"))
    options = ("--json", "all.json", "--junit", "all.xml", "--cases", "shared")
    result = finished(
        ("merge", "1.json", "2.json", *options, "--html", "all.html", "--markdown", "all.md"),
        tmp_path,
    )
    assert result.returncode == 1
    assert "does not conform: no_zombies" in " ".join(result.stdout.split())
    made = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert (made["shard"], made["exit_status"]) == (None, 1)
    (case,) = (tmp_path / "shared").iterdir()
    summary = (tmp_path / "all.md").read_text(encoding="utf-8")
    assert f"anechoic replay shared/{case.name}" in summary
    assert "no_zombies" in (tmp_path / "all.xml").read_text(encoding="utf-8")
    assert (tmp_path / "all.html").stat().st_size > 1000
    # It was made elsewhere.
    again = finished(("replay", f"shared/{case.name}"), tmp_path)
    assert again.returncode == 2
    assert "--trust" in again.stdout


def test_pytest_runs_a_shard_as_well(tmp_path: Path) -> None:
    assert checked(tmp_path, "1/2", "-q") in (0, 1)
    (record,) = json.loads((tmp_path / "1.json").read_text(encoding="utf-8"))["records"]
    assert record["shard"] == {"number": 1, "of": 2}
    assert record["parts_done"] <= len(record["parts"]) < 6


@pytest.mark.parametrize("more", [(), ("-q",)], ids=["own workers", "pytest"])
def test_a_shard_without_a_part_has_nothing_to_do(tmp_path: Path, more: tuple[str, ...]) -> None:
    result = finished((*CHECK, "--shard", "99/99", *more, "--", *right()), tmp_path)
    assert result.returncode == 0, result.stdout
    assert "has no part in this shard" in result.stdout
    assert "conforms" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "--shard", "5/4"), "--shard 5/4"),
        (("merge", "none.json"), "none.json: No such file"),
        (("merge",), "RESULT.json"),
        (("merge", "a.json", "--html", "none/a.html"), "--html none/a.html"),
    ],
)
def test_mistakes_are_told_in_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = answered(arguments, tmp_path)
    assert result.returncode == 2
    assert words in result.stderr


OWN = """
import anechoic
test_mine = anechoic.conformance_tests("./mine {port}", faults=["control", "freeze"])
def test_other(): pass
"""


def collected(folder: Path, *options: str) -> list[str]:
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", *options, "test_own.py"]
    listed = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return [line for line in listed.stdout.splitlines() if "::" in line]


def test_tests_of_one_s_own_are_divided_as_well(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(OWN, encoding="utf-8")
    whole = collected(tmp_path)
    shards = [collected(tmp_path, f"--anechoic-shard={number}/2") for number in (1, 2)]
    assert all("test_own.py::test_other" in one for one in shards)
    parts = sorted(name for one in shards for name in one if "test_mine" in name)
    assert parts == sorted(name for name in whole if "test_mine" in name)
