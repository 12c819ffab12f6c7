"""Whatever is typed, in files or under test: a status, a sentence, no traceback, nothing left."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.end_to_end.hostile import BAD, Row, rows
from tests.end_to_end.runs import MarkedRun, answered, holds_within
from tests.properties.reports.test_foreign_text import acting

ROWS = rows()
MOST_LINES = 12
"""Lines of an error: the usage, which may take some, and a sentence or two."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to run in, beside one for temporary files."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path / "here"


def test_there_are_three_hundred_and_no_two_are_the_same() -> None:
    assert len(ROWS) >= 300
    assert len({(row.arguments, *sorted(row.files.values())) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.alone], ids=lambda row: row.name)
def test_what_starts_nothing(row: Row, folder: Path) -> None:
    write(row, folder)
    done = answered(row.arguments, folder)
    check(row, done.returncode, done.stdout, done.stderr)
    assert left(row, folder) == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.alone], ids=lambda row: row.name)
def test_what_starts_something(row: Row, folder: Path) -> None:
    write(row, folder)
    run = MarkedRun(row.arguments, folder, temporary=folder.parent / "tmp")
    done = subprocess.run(
        [sys.executable, "-m", "anechoic", *row.arguments],
        cwd=folder,
        env=run.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    check(row, done.returncode, done.stdout, done.stderr)
    kept = [".anechoic"] if done.returncode == 1 else []
    assert left(row, folder) == kept
    assert holds_within(lambda: not run.processes())


def write(row: Row, folder: Path) -> None:
    """Write the files of a row; those that begin like programs can be executed."""
    for name, content in row.files.items():
        (folder / name).write_bytes(content)
        if content[:1] in (b"#", b"\x7f"):
            (folder / name).chmod(0o755)


def check(row: Row, status: int, out: str, err: str) -> None:
    """Check what a run has answered."""
    assert status in row.statuses, err
    assert "Traceback" not in out + err
    assert acting(out + err) == set()
    if status == 2:
        # Where a target was started and then could not be judged, the report says why.
        assert (err if row.statuses == BAD else out + err).strip()
        assert len(err.splitlines()) <= MOST_LINES


def left(row: Row, folder: Path) -> Sequence[str]:
    """Return what a run has left in its folder, and in that of temporary files."""
    assert os.listdir(folder.parent / "tmp") == []
    return sorted({path.name for path in folder.iterdir()} - row.files.keys())
