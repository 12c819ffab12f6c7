"""Limits of the tester's own: too little is said beforehand, and is never held against a server."""

import subprocess
import sys
from pathlib import Path

from tests.end_to_end.programs import right

ROOT = Path(__file__).parents[2]


def checked(limit: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Check a server that conforms, in a shell with this limit."""
    words = (
        sys.executable,
        "-m",
        "anechoic",
        "check",
        "-n",
        "1",
        "--max-examples",
        "1",
        "--no-sweep",
    )
    faults = ("--fault", "control", "--fault", "fork_errors")
    return subprocess.run(
        ["bash", "-c", f'ulimit {limit}; exec "$@"', "bash", *words, *faults, "--", *right()],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_with_few_descriptors_a_server_is_checked_with_fewer_clients(tmp_path: Path) -> None:
    done = checked("-n 70", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "clients at once: " in done.stdout


def test_a_soft_limit_is_raised_to_the_hard_one(tmp_path: Path) -> None:
    done = checked("-S -n 40", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "clients at once: " not in done.stdout


def test_with_hardly_any_descriptors_nothing_is_run_and_one_sentence_says_why(
    tmp_path: Path,
) -> None:
    done = checked("-n 40", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert " ".join(done.stderr.split()).endswith("(RLIMIT_NOFILE, ulimit -n)")


def test_with_hardly_any_memory_nothing_is_run_and_one_sentence_says_why(tmp_path: Path) -> None:
    done = checked("-v 200000", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "MiB of memory may be used" in done.stderr
