"""`--jsonl`: a run can be followed by a program, through `anechoic check` and through pytest."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Checked
from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import answered, finished
from tests.starting import interruptible

SOME = ("--max-examples", "1", "--no-sweep", "--fault", "control", "--seed", "1")
EVENTS = {
    "started": {"format", "role", "target", "seed", "platform", "versions", "faults", "invariants"}
    | {"parts", "level", "shard", "service"},
    "workload": {"fault", "part", "worker", "workloads", "violated", "levels", "remark"},
    "found": {"fault", "invariant", "level", "steps", "actual", "case"},
    "shrunk": {"fault", "invariant", "level", "steps", "first_steps", "actual", "failed", "times"}
    | {"case"},
    "part": {"fault", "part", "workloads", "seconds", "verdicts", "levels", "notes"},
    "violation": {"fault", "part", "invariant", "section", "requirement", "steps", "first_steps"}
    | {"level", "injected", "expected", "actual", "failed", "times", "case"},
    "finished": {"exit_status", "result"},
}


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    "workers",
    [
        pytest.param((), id="alone", marks=pytest.mark.exhaustive),
        pytest.param(("-n", "2"), id="two-workers"),
    ],
)
def test_every_event_has_what_the_documentation_says(
    workers: tuple[str, ...], tmp_path: Path
) -> None:
    done = finished(
        [
            "check",
            *SOME,
            *workers,
            "--jsonl",
            "events.jsonl",
            "--server",
            shlex.join(with_zombies()),
        ],
        tmp_path,
    )
    written = events(tmp_path / "events.jsonl")
    assert {one["event"]: one.keys() - {"event", "time"} for one in written} == EVENTS
    documented = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
    assert all(f"`{name}`" in documented for fields in EVENTS.values() for name in fields)
    assert [written[0]["event"], written[-1]["event"]] == ["started", "finished"]
    assert written[-1]["exit_status"] == done.returncode == 1
    assert sum(one["event"] == "part" for one in written) == written[0]["parts"]


def test_the_case_of_a_violation_can_be_replayed(tmp_path: Path) -> None:
    words = ["check", *SOME, "--fail-fast", "--jsonl", "events.jsonl"]
    finished([*words, "--server", shlex.join(with_zombies())], tmp_path)
    first = next(one for one in events(tmp_path / "events.jsonl") if one["event"] == "violation")
    assert finished(["replay", first["case"]], tmp_path).returncode == 1


def test_pytest_writes_the_same_events(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    path = tmp_path / "events.jsonl"
    suite = ["--rootdir", str(tmp_path), "-p", "no:cacheprovider", str(root / "properties")]
    words = [
        sys.executable,
        "-m",
        "pytest",
        *suite,
        *SOME,
        "--jsonl",
        str(path),
        "--server",
        shlex.join(with_zombies()),
    ]
    with interruptible():
        done = subprocess.run(
            words, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, check=False
        )
    written = events(path)
    assert {one["event"] for one in written} == EVENTS.keys() - {"found", "shrunk"}
    assert written[-1]["exit_status"] == done.returncode == 1


def in_pytest(words: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the suite with these options; return all that pytest has said."""
    root = Path(__file__).parents[2]
    suite = ["--rootdir", str(folder), "-p", "no:cacheprovider", str(root / "properties")]
    with interruptible():
        return subprocess.run(
            [sys.executable, "-m", "pytest", *suite, *SOME, *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.parametrize(
    ("name", "output"),
    [
        *((name, "-") for name in ("json", "html", "markdown", "jsonl")),
        ("jsonl", "/dev/stdout"),
    ],
)
def test_pytest_keeps_standard_output_for_itself(name: str, output: str, tmp_path: Path) -> None:
    done = in_pytest((f"--{name}", output), tmp_path)
    assert done.returncode == 2
    said = f"--anechoic-{name} {output}: standard output is pytest's; name a file"
    assert said in " ".join((done.stdout + done.stderr).split())
    assert '"event"' not in done.stdout


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_pytest_refuses_a_file_that_cannot_be_written_as_we_do(name: str, tmp_path: Path) -> None:
    done = in_pytest((f"--anechoic-{name}", "no/such/folder/x"), tmp_path)
    assert done.returncode == 2
    said = f"--anechoic-{name} no/such/folder/x: cannot be written"
    assert said in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stdout + done.stderr


def test_pytest_refuses_to_count_the_runs_of_no_case(tmp_path: Path) -> None:
    done = in_pytest(("--anechoic-times", "0"), tmp_path)
    assert done.returncode == 2
    said = "--anechoic-times 0: no case is named that is to run so often"
    assert said in " ".join((done.stdout + done.stderr).split())


def test_a_refused_run_of_pytest_leaves_the_events_of_the_last_one(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("of value")
    done = in_pytest(("--anechoic-jsonl", "x", "--anechoic-json", "x"), tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "x").read_text() == "of value"


def test_events_that_pytest_could_not_write_are_no_success(tmp_path: Path) -> None:
    done = in_pytest(("--jsonl", "/dev/full", "--server", shlex.join(right())), tmp_path)
    assert done.returncode == 2, done.stdout
    assert "the events can no longer be written: No space left on device" in done.stderr


def test_on_standard_output_there_is_nothing_else(both_references: Checked) -> None:
    written = [json.loads(line) for line in both_references.stdout.splitlines()]
    # Both references, one run after the other.
    assert [one["role"] for one in written if one["event"] == "started"] == ["server", "client"]
    assert [one["exit_status"] for one in written if one["event"] == "finished"] == [0, 0]
    assert "conforms" in both_references.report


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    done = answered(["check", *SOME, "--jsonl", "no/such/folder/x"], tmp_path)
    assert done.returncode == 2
    assert "--jsonl no/such/folder/x: cannot be written" in done.stderr
