"""The tester's limits are raised for the tester alone: what it starts has those of the user."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from target import limits
from target.limits import descriptors_left, forks_denied, memory_left, tasks_left

ROOT = Path(__file__).parents[2]

TESTER = """
import json, os, resource, sys, time
from target import limits
from target.keeping import Kept
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), hard))
limits.raise_own()
limits.raise_own()
kept = Kept(("sh", "-c", "ulimit -Sn"), dict(os.environ), "/")
kept.wait_until_ended(kept.pid, 20)
print(json.dumps([resource.getrlimit(resource.RLIMIT_NOFILE)[0], int(kept.output())]))
kept.stop()
"""


def limits_with(soft: int) -> list[int]:
    """Return the soft limits of the tester and of its target where the user has this one."""
    done = subprocess.run(
        [sys.executable, "-c", TESTER, str(soft)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[int] = json.loads(done.stdout)
    return found


def test_the_soft_limit_is_raised_for_the_tester_and_not_for_a_target() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert limits_with(2000) == [min(hard, limits.MOST_DESCRIPTORS), 2000]


def test_a_target_has_at_least_the_usual_number_of_descriptors() -> None:
    # Twenty clients without any fault would be too many for one that has 24.
    assert limits_with(24)[1] == 1024


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((24, 100), (100, 100)),
        ((24, resource.RLIM_INFINITY), (1024, resource.RLIM_INFINITY)),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY),) * 2,
    ],
)
def test_no_limit_is_raised_above_the_hard_one(
    given: tuple[int, int], expected: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_of_the_user", {resource.RLIMIT_NOFILE: given})
    assert limits.of_the_user() == [(resource.RLIMIT_NOFILE, expected)]


def test_descriptors_that_are_open_are_not_left() -> None:
    before = descriptors_left()
    reading, writing = os.pipe()
    assert descriptors_left() == before - 2
    os.close(reading)
    os.close(writing)


def test_without_a_limit_there_is_memory_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    infinite = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _: infinite)
    assert memory_left() is None


def test_of_a_limit_on_memory_the_rest_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 40, 1 << 40))
    left = memory_left()
    assert left is not None
    assert 1 << 39 < left < 1 << 40


def test_the_user_s_own_processes_are_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_of_the_user", {resource.RLIMIT_NPROC: (5000, 5000)})
    monkeypatch.setattr(limits, "_is_exempt", lambda: False)
    monkeypatch.setattr(limits, "_control_groups", list)
    left = tasks_left()
    assert left is not None
    assert left[0] < 5000
    assert left[1] == "RLIMIT_NPROC is 5000 (ulimit -u)"


def test_a_user_who_is_not_bound_by_the_limit_has_any_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "_is_exempt", lambda: True)
    monkeypatch.setattr(limits, "_control_groups", list)
    assert tasks_left() is None


def test_the_tightest_of_all_control_groups_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for group, most, current in ((tmp_path, "max", 9), (inner, 100, 40)):
        (group / "pids.max").write_text(f"{most}\n")
        (group / "pids.current").write_text(f"{current}\n")
        (group / "pids.events").write_text("max 3\n")
    monkeypatch.setattr(limits, "_is_exempt", lambda: True)
    monkeypatch.setattr(limits, "_control_groups", lambda: [inner, tmp_path])
    assert tasks_left() == (60, "pids.max of the control group is 100")
    assert forks_denied() == 6
