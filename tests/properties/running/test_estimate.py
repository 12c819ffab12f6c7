"""The estimate of the time that is left, on runs of real servers that were recorded.

A recording has the parts of a run (id, kind, workloads) and what its workers reported: seconds
since the start, worker, part, workloads of the part so far (null: the part is over), and whether it
shrinks.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from properties.running.progress.estimate import Estimate

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))
FIRST_TENTH = 0.1
FACTOR = 2.0
SLACK = 2.0
"""Seconds by which an estimate may be off besides: at the end one part decides."""


def read(path: Path) -> dict[str, Any]:
    recording: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return recording


def estimates(recording: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Return, for each report, the seconds since the start and the estimate then."""
    kinds = {part: (kind, count) for part, kind, count in recording["parts"]}
    done = dict.fromkeys(kinds, 0)
    over: set[str] = set()
    estimate = Estimate()
    for at, worker, part, workloads, shrinks in recording["reports"]:
        if workloads is None:
            over.add(part)
            estimate.part_is_over(part, at)
        else:
            done[part] = workloads
            kind, _ = kinds[part]
            estimate.progressed(worker, kind, part, workloads, at, shrinks=shrinks)
        to_come = [
            (kind, max(0, count - done[name]))
            for name, (kind, count) in kinds.items()
            if name not in over
        ]
        left = estimate.left(to_come)
        if left is not None:
            yield at, left


def test_there_are_recordings_of_five_servers() -> None:
    assert len(RECORDED) >= 5


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_after_the_first_tenth_the_estimate_is_never_off_by_more_than_a_factor_of_two(
    path: Path,
) -> None:
    recording = read(path)
    end = recording["end"]
    off = [
        (at, left, end - at)
        for at, left in estimates(recording)
        if at > FIRST_TENTH * end
        and not (end - at) / FACTOR - SLACK <= left <= (end - at) * FACTOR + SLACK
    ]
    assert off == []


def test_before_anything_is_known_there_is_no_estimate() -> None:
    assert Estimate().left([("control", 40)]) is None


def test_a_kind_that_was_not_seen_goes_at_the_average() -> None:
    estimate = Estimate()
    estimate.progressed("", "control", "control-0", 0, 0.0, shrinks=False)
    estimate.progressed("", "control", "control-0", 4, 2.0, shrinks=False)
    assert estimate.left([("freeze", 10)]) == 5.0


def test_shrinking_is_no_part_of_the_speed() -> None:
    estimate = Estimate()
    estimate.progressed("", "control", "control-0", 0, 0.0, shrinks=False)
    estimate.progressed("", "control", "control-0", 4, 2.0, shrinks=False)
    estimate.progressed("", "control", "control-0", 90, 9.0, shrinks=True)
    estimate.part_is_over("control-0", 9.0)
    assert estimate.left([("control", 10)]) == 5.0


def test_several_workers_share_what_is_to_come() -> None:
    estimate = Estimate()
    for worker in ("w0", "w1"):
        estimate.progressed(worker, "control", f"control-{worker}", 0, 0.0, shrinks=False)
        estimate.progressed(worker, "control", f"control-{worker}", 4, 2.0, shrinks=False)
    assert estimate.left([("control", 10), ("control", 10)]) == 5.0


def test_one_part_is_not_shared() -> None:
    estimate = Estimate()
    for worker in ("w0", "w1"):
        estimate.progressed(worker, "control", f"control-{worker}", 0, 0.0, shrinks=False)
        estimate.progressed(worker, "control", f"control-{worker}", 4, 2.0, shrinks=False)
    assert estimate.left([("control", 8), ("control", 2)]) == 4.0
