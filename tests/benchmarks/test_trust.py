"""The figures of docs/trust.md: the page agrees with what was measured, and sums are right."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from benchmarks import kills, slope, soak, trust, trust_file
from benchmarks.load import load
from properties.model.target_spec import RoleName
from target.processes import identify, look_at
from tests.end_to_end.kills import Killed
from tests.target.programs import wait_until


def test_the_page_is_that_of_the_figures() -> None:
    made = trust.page(trust_file.figures())
    assert trust.PAGE.read_text(encoding="utf-8") == made, "python -m benchmarks.trust --write"


def test_each_section_has_its_machine_its_day_and_its_command() -> None:
    found = trust_file.figures()
    for name, section in found.items():
        assert section["machine"]
        assert section["date"]
        assert f"`python -m benchmarks.{name} " in trust.PAGE.read_text(encoding="utf-8")


def test_a_section_is_written_beside_the_others(tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    trust_file.record("kills", {"next": 1}, file)
    trust_file.record("soak", {"judged": 2}, file)
    found = trust_file.figures(file)
    assert (found["kills"]["next"], found["soak"]["judged"]) == (1, 2)


def check(**changed: Any) -> dict[str, Any]:
    """A check in the result of a run, one in which all is well."""
    well = {"fault": "control", "invariant": "exact_echo", "verdict": "pass", "level": None}
    return {**well, "reason": "held", "doubts": 0, "doubt": None, "workloads": 3, **changed}


def row(*checks: dict[str, Any], name: str = "reference", judged: int = 300) -> dict[str, Any]:
    """The line of a check of a correct program."""
    totals = {"workloads": 3, "seconds": 1.5, "judgements": judged}
    result = {"totals": totals, "checks": [*checks], "errors": []}
    return {"name": name, **soak.row_of(name, result)}


def test_a_soak_without_an_alarm_has_a_bound() -> None:
    found = soak.summary([row(check()), row(check(), name="poll_loop")])
    assert (found["judged"], found["alarms"], found["targets"]) == (600, [], 2)
    assert found["bound"] == pytest.approx(3 / 600)


@pytest.mark.parametrize("level", ["must", "should"])
def test_a_violation_in_a_correct_program_is_a_false_alarm(level: str) -> None:
    found = soak.summary([row(check(verdict="fail", level=level, reason="seen"))])
    assert [one["reason"] for one in found["alarms"]] == ["seen"]
    assert found["bound"] is None


def test_what_linux_never_does_is_no_alarm() -> None:
    assert soak.summary([row(check(verdict="fail", level="may"))])["alarms"] == []


def test_what_a_library_is_known_to_do_wrong_is_no_alarm() -> None:
    cell = {"fault": "scarce_descriptors", "invariant": "no_spin", "verdict": "fail"}
    known = check(**cell, level="should")
    assert soak.summary([row(known, name="asyncio_streams")])["alarms"] == []
    assert len(soak.summary([row(known)])["alarms"]) == 1


def test_doubts_are_counted_by_their_reason_whatever_the_numbers_in_it() -> None:
    doubts = [check(doubts=1, doubt=f"4{n} slept for {n}.5 s") for n in range(3)]
    found = soak.summary([row(*doubts)])
    assert found["doubts"] == {"exact_echo: N slept for N s": 3}


def test_a_check_that_failed_to_run_is_told() -> None:
    assert soak.summary([{"name": "poll_loop", "error": "no"}])["errors"] == ["poll_loop: no"]


def test_a_soak_checks_both_references_and_all_variants_of_both_roles() -> None:
    subjects = soak.subjects(["reference", "client-reference"])
    assert [one.role for one in subjects] == [RoleName.SERVER, RoleName.CLIENT]
    families = {name for seed in range(40) for name in soak.families_of(subjects[0], seed)}
    assert {"control", "mixed", "signals"} < families


def test_load_ends_when_it_is_no_longer_wanted() -> None:
    with load() as pids:
        assert len(pids) == len(os.sched_getaffinity(0)) + 2
        assert all(map(identify, pids))
    assert not any(map(identify, pids))


def test_load_ends_with_the_process_that_asked_for_it() -> None:
    reading, writing = os.pipe()
    asking = os.fork()
    if asking == 0:
        with load() as pids:
            os.write(writing, " ".join(map(str, pids)).encode())
            os.kill(os.getpid(), signal.SIGKILL)
    busy = [int(word) for word in os.read(reading, 1000).split()]
    os.waitpid(asking, 0)
    os.close(reading)
    os.close(writing)
    wait_until(lambda: not any(map(_lives, busy)))


def _lives(pid: int) -> bool:
    process = look_at(pid)
    return process is not None and not process.is_zombie


def test_kills_of_several_runs_are_added() -> None:
    first = kills.counted([Killed("worker", 0.2, 0.4), Killed("worker", 1.5, 0.1)])
    assert first == {"times": 2, "waits": 4, "soon": 3, "longest": 1.5, "left": 0}
    both = kills.added(first, kills.counted([Killed("worker", None, 0.3)]))
    assert both == {"times": 3, "waits": 6, "soon": 4, "longest": 1.5, "left": 1}


def test_a_slope_is_that_of_1000_workloads_while_all_processes_are_there() -> None:
    grown = [slope.Sample(n, 102400 + n, 30 + n // 100, 3) for n in range(200, 1200, 100)]
    found = slope.slope([slope.Sample(100, 1, 1, 1), *grown])
    assert (found["from"], found["to"], found["processes"]) == (200, 1100, 3)
    assert found["mib_per_1000"] == pytest.approx(1000 / 1024, abs=0.01)
    assert found["descriptors_per_1000"] == pytest.approx(10)
