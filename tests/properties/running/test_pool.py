"""Parts that run in forked workers: what they find comes back, whatever ends them."""

import os
import shlex
import signal
import sys
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import pytest

from properties.model.levels import Level
from properties.model.verdict import Outcome, Verdict
from properties.running.exit_status import ExitStatus
from properties.running.extent import Extent
from properties.running.listener import RunListener
from properties.running.plan import plan
from properties.running.pool import Pool
from properties.running.preflight import planned
from properties.running.processes.idleness import Idleness
from properties.running.progress.parts import PartProgress
from properties.running.rehearsal import UNTRIED
from properties.running.run import Run
from properties.running.worker import Found, Reports
from properties.search.attribution import SHOWS_WITHOUT
from properties.search.findings import Failure, Findings
from target import descendants
from target.processes import read_text
from tests.properties.running.test_settings import settings
from tests.properties.server_runs import variant

RUNG = f"{sys.executable} -P -m target.{{}} --port {{{{port}}}}"
ALONE, BOTH = Extent(1, 1, 1), Extent(2, 2, 2)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)


def made(
    program: str,
    faults: tuple[str, ...] = ("control", "freeze"),
    examples: int = 1,
    *,
    sweeps: bool = True,
) -> Run:
    """Return a run of one of the book's servers that has not begun."""
    server = RUNG.format(program)
    chosen = settings(server=server, fault=list(faults), max_examples=examples, no_sweep=not sweeps)
    return Run(chosen, plan(chosen))


def workers() -> list[int]:
    """Return the children of this process that are forks of it: the nursery is another program."""
    ours = read_text("/proc/self/cmdline")
    children = descendants.children_of(os.getpid())
    return [pid for pid in children if read_text(f"/proc/{pid}/cmdline") == ours]


class Listener(RunListener):
    """Keeps what it is called with, and may end the run or a worker."""

    def __init__(
        self, *, interrupts: bool = False, kills: bool = False, ends: bool = False
    ) -> None:
        self.seen: list[str] = []
        self.parts: list[int] = []
        self.workers: set[str] = set()
        self._interrupts, self._kills, self._ends = interrupts, kills, ends

    def grown(self, run: Run) -> None:
        """Note how many parts there are now."""
        self.parts.append(len(run.parts))

    def progressed(self, progress: PartProgress) -> None:
        """Note which worker it was; kill one."""
        self.workers.add(progress.worker)
        if self._ends:
            raise KeyboardInterrupt
        if self._kills:
            self._kills = False
            os.kill(max(workers()), signal.SIGKILL)

    def violated(self, family: str, invariant: str, failure: Failure) -> None:
        """Note it; interrupt the run."""
        assert Path(failure.path).exists()
        self.seen.append(f"{family} x {invariant}")
        if self._interrupts:
            raise KeyboardInterrupt


def test_a_worker_reports_a_violation_again_when_it_has_become_a_stronger_one() -> None:
    ours, theirs = Pipe()
    (part, *_), findings = made("tcpserv04").parts, Findings("control", workloads=1)
    reports = Reports(theirs, "w0")
    reports.begin(part)
    for level in (Level.MAY, Level.MAY, Level.MUST):
        findings.cells["no_spin"].note(Verdict(Outcome.FAIL, "it spins", level=level))
        reports.report(findings)
    received = []
    while ours.poll():
        received.append(ours.recv())
    kinds = [type(one) for one in received]
    assert kinds == [Found, PartProgress, PartProgress, Found, PartProgress]
    assert [one.levels for one in received if isinstance(one, PartProgress)][-1] == ("must",)


def test_more_targets_than_at_first_run_once_a_workload_has_gone_well() -> None:
    listener = Listener()
    Pool(made("tcpserv04", sweeps=False), [listener], Extent(1, 2, 2)).go()
    assert listener.workers == {"w0", "w1"}


def test_targets_that_all_fail_are_not_joined_by_more_than_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Idleness, "has_room", lambda _: False)
    run = made("tcpserv01", ("control", "freeze"), sweeps=False)
    listener = Listener()
    Pool(run, [listener], Extent(1, 2, 2)).go()
    assert run.status is ExitStatus.VIOLATION
    assert listener.workers == {"w0"}


@pytest.mark.parametrize(
    "extent",
    [pytest.param(ALONE, id="alone", marks=pytest.mark.exhaustive), pytest.param(BOTH, id="both")],
)
def test_all_parts_of_a_conforming_server_are_run(extent: Extent) -> None:
    run, listener = made("tcpserv04"), Listener()
    Pool(run, [listener], extent).go()
    assert run.status is ExitStatus.CONFORMS
    assert run.parts_done == len(run.parts)
    assert listener.workers == ({""} if extent is ALONE else {"w0", "w1"})
    assert workers() == []


def test_a_violation_is_announced_once_and_told_of_the_family_without_faults() -> None:
    run, listener = made("tcpserv01", sweeps=False), Listener()
    Pool(run, [listener], BOTH).go()
    assert len(listener.seen) == 1
    assert run.findings["control"].cells["no_zombies"].outcome is Outcome.FAIL
    assert run.findings["freeze"].cells["no_zombies"].reason == SHOWS_WITHOUT
    assert len(list(Path(".anechoic/cases").iterdir())) == 1


def test_what_was_found_before_an_interruption_is_kept() -> None:
    run = made("tcpserv01")
    with pytest.raises(KeyboardInterrupt):
        Pool(run, [Listener(interrupts=True)], ALONE).go()
    assert run.smallest_failure("no_zombies") is not None
    assert workers() == []


def rehearsing() -> Run:
    """Return a run that learns what a server of threads calls before its schedules are tried."""
    server = shlex.join(variant("threads").words)
    asked = settings(server=server, fault=["freeze", "schedules"], quick=True)
    return planned(replace(asked, rehearses=True))


@pytest.mark.parametrize("extent", [ALONE, BOTH], ids=["alone", "both"])
def test_what_a_rehearsal_has_learnt_is_tried_in_the_same_run(extent: Extent) -> None:
    run, listener = rehearsing(), Listener()
    before = len(run.parts)
    Pool(run, [listener], extent).go()
    assert run.status is ExitStatus.CONFORMS
    assert listener.parts == [len(run.parts)]
    assert run.parts_done == len(run.parts) > before
    assert len({part.id for part in run.parts}) == len(run.parts)
    assert run.findings["schedules"].workloads
    assert {group for family, group, _ in run.swept() if family == "schedules"} > {
        "orders of calls"
    }
    assert run.left_out == []
    assert workers() == []


def test_a_server_whose_calls_cannot_be_held_is_told_why_no_schedule_is_tried() -> None:
    server = shlex.join(variant("defer_accept").words)
    asked = settings(server=server, fault=["schedules"])
    run = planned(replace(asked, rehearses=True))
    Pool(run, [], ALONE).go()
    assert run.parts_done == len(run.parts) == 2
    assert "TCP_DEFER_ACCEPT" in run.findings["schedules"].cells["exact_echo"].reason


def test_a_run_that_ends_before_anything_was_learnt_says_so() -> None:
    run = rehearsing()
    with pytest.raises(KeyboardInterrupt):
        Pool(run, [Listener(ends=True)], ALONE).go()
    assert run.left_out == [UNTRIED]


def test_a_run_whose_time_is_over_before_that_names_the_family() -> None:
    run = rehearsing()
    Pool(run, [], Extent(1, 1, 1, seconds=0.0)).go()
    (words,) = run.left_out
    assert words.startswith("the time was over before these were tried:")
    assert "schedules" in words


def test_a_worker_that_dies_is_replaced_and_its_part_is_an_error() -> None:
    run = made("tcpserv04")
    Pool(run, [Listener(kills=True)], ALONE).go()
    (error,) = run.errors
    assert "could not be run" in error
    assert "killed by signal 9" in error
    assert run.parts_done == len(run.parts) - 1
    assert run.status is ExitStatus.INCONCLUSIVE


def test_the_first_violation_can_end_a_run() -> None:
    run = made("tcpserv01", examples=64)
    Pool(run, [], ALONE, fail_fast=True).go()
    assert run.status is ExitStatus.VIOLATION
    assert run.parts_done < len(run.parts)


def test_a_time_ends_a_run() -> None:
    run = made("tcpserv04", examples=1000)
    Pool(run, [], Extent(1, 1, 1, seconds=0.5)).go()
    assert run.parts_done < len(run.parts)
    assert workers() == []


def test_a_server_that_cannot_be_started_is_an_error_of_the_target() -> None:
    chosen = settings(server=f"{sys.executable} -c pass {{port}}", fault=["control"])
    run = Run(chosen, plan(chosen))
    Pool(run, [], BOTH).go()
    assert run.status is ExitStatus.USAGE
    assert len(run.target_errors) == 1


def test_a_worker_ends_where_its_interruption_has_become_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_part(*_: object, **__: object) -> Findings:
        try:
            signal.sigtimedwait([], 60)
        except KeyboardInterrupt:
            raise OSError("what was half done") from None
        raise AssertionError("nothing has interrupted it")

    cleaned_up = tmp_path / "cleaned up"
    monkeypatch.setattr("properties.running.worker.run_part", run_part)
    monkeypatch.setattr("properties.running.worker.end_nursery", cleaned_up.touch)
    run = made("tcpserv04")
    Pool(run, [], Extent(1, 1, 1, seconds=0.5)).go()
    assert cleaned_up.exists()
    assert run.errors == []
