"""What tests of several files read: one check of both references, made once for all workers."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.compiled import filled_once, shared_by_workers
from tests.end_to_end.runs import MarkedRun


@dataclass(frozen=True)
class Checked:
    """A check that has ended: its status, its result, its report, and its events on stdout."""

    status: int
    result: dict[str, Any]
    report: str
    stdout: str

    def of(self, role: str) -> list[dict[str, Any]]:
        """Return the cells of the grid of one role."""
        return [check for check in self.result["checks"] if check["role"] == role]


@pytest.fixture(scope="session")
def both_references(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Return the check of both references with seed 5, and one workload of each family."""

    def make(folder: Path) -> None:
        files = ("--json", "result.json", "--jsonl", "-")
        words = ("check", "--max-examples", "1", "--no-sweep", "--seed", "5", *files)
        done = subprocess.run(
            [sys.executable, "-m", "anechoic", *words],
            cwd=folder,
            env=MarkedRun(words, folder).environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        (folder / "status").write_text(str(done.returncode))
        (folder / "report").write_text(done.stderr)
        (folder / "stdout").write_text(done.stdout)

    folder = filled_once(shared_by_workers(tmp_path_factory) / "both_references", make)
    return Checked(
        int((folder / "status").read_text()),
        json.loads((folder / "result.json").read_text()),
        (folder / "report").read_text(),
        (folder / "stdout").read_text(),
    )
