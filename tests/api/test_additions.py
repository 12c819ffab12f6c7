"""What users add from outside, through the API alone: a fault, an invariant, a report format."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import anechoic
import pytest
from anechoic import (
    ExitStatus,
    Fault,
    FaultOutcome,
    Findings,
    History,
    Invariant,
    Outcome,
    Part,
    PartProgress,
    Run,
    RunListener,
    ServerContext,
    Target,
    Verdict,
    WorkloadBuilder,
)

SERVER = f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@dataclass(frozen=True)
class NoOp(Fault[ServerContext]):
    """Do nothing."""

    name: ClassVar[str] = "no_op"
    section: ClassVar[str] = "nowhere"
    summary: ClassVar[str] = "nothing goes wrong"

    times: int = 3

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Look at the listeners, and leave them alone."""
        return FaultOutcome.fired(f"{len(context.listeners())} listeners were left alone")

    def __str__(self) -> str:
        return f"do nothing {self.times} times"


def never(history: History) -> Verdict:
    """Find something wrong with every history."""
    return Verdict.failed(f"{len(history.events)} events were recorded")


NEVER = Invariant("never", "nowhere", "nothing is ever right", never)


class Lines(RunListener):
    """A report format: a line for each thing that happens."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, run: Run) -> None:
        """Keep what begins."""
        self.lines.append(f"started {len(run.parts)}")

    def progressed(self, progress: PartProgress) -> None:
        """Keep how far a part is."""
        self.lines.append(f"progressed {progress.part} {progress.workloads}")

    def part_done(self, part: Part | None, findings: Findings | None) -> None:
        """Keep that a part is over."""
        assert part is not None
        assert findings is not None
        self.lines.append(f"done {part.id} {findings.workloads}")

    def finished(self, run: Run, status: int) -> None:
        """Keep the status."""
        self.lines.append(f"finished {run.settings.role.name.value} {status}")


def draw(builder: WorkloadBuilder) -> NoOp:
    """Draw a fault; what it is about does not matter."""
    del builder
    return NoOp()


def test_a_fault_from_outside_is_drawn_injected_and_judged() -> None:
    family = anechoic.family(NoOp, draw=draw, examples=2)
    result = anechoic.check(SERVER, faults=[family], seed=1)
    assert result.status is ExitStatus.CONFORMS
    assert result.verdicts["exact_echo"] is Outcome.PASS
    assert set(result.run.findings) == {"no_op"}


def test_an_invariant_from_outside_judges_every_workload(tmp_path: Path) -> None:
    result = anechoic.check(
        SERVER, faults=["control"], invariants=[NEVER], max_examples=1, no_sweep=True, seed=1
    )
    assert result.status is ExitStatus.VIOLATION
    assert result.verdicts == {"never": Outcome.FAIL}
    with pytest.raises(AssertionError, match="nothing is ever right"):
        result.raise_for_violations()
    (failure,) = result.failures
    replayed = anechoic.replay(failure.path, times=1, invariants=[NEVER])
    assert replayed.failed == 1
    result.write(tmp_path / "result.json", tmp_path / "result.html")
    assert '"never"' in (tmp_path / "result.json").read_text()
    with pytest.raises(anechoic.UsageError, match=r"\.json, \.html"):
        result.write(tmp_path / "result.pdf")


def test_a_case_with_a_fault_from_outside_is_replayed_where_the_fault_is_known() -> None:
    family = anechoic.family(NoOp, draw=draw, examples=1)
    result = anechoic.check(SERVER, faults=[family], invariants=[NEVER], seed=1)
    (failure,) = result.failures
    assert anechoic.replay(failure.path, times=1, faults=[family], invariants=[NEVER]).failed == 1
    with pytest.raises(anechoic.CaseError, match="no invariant is called 'never'"):
        anechoic.replay(failure.path)


def test_a_report_format_from_outside_follows_the_run() -> None:
    lines = Lines()
    anechoic.check(
        SERVER, faults=["control"], max_examples=1, no_sweep=True, seed=1, listeners=[lines]
    )
    assert lines.lines[0] == "started 4"
    assert lines.lines[1:3] == ["progressed control-0 1", "done control-0 1"]
    assert lines.lines[-1] == "finished server 0"


class Interrupts(Lines):
    """Interrupts the run after its third workload, as Ctrl-C does."""

    def __init__(self) -> None:
        super().__init__()
        self.run: Run | None = None

    def progressed(self, progress: PartProgress) -> None:
        """Interrupt."""
        super().progressed(progress)
        if progress.workloads == 3:
            raise KeyboardInterrupt

    def finished(self, run: Run, status: int) -> None:
        """Keep the run."""
        super().finished(run, status)
        self.run = run


def test_an_interrupted_run_is_told_as_partial_with_all_that_it_has_found() -> None:
    lines = Interrupts()
    with pytest.raises(KeyboardInterrupt):
        anechoic.check(
            SERVER, faults=["control"], invariants=[NEVER], no_sweep=True, listeners=[lines]
        )
    assert lines.lines[-1] == "finished server 130"
    assert lines.run is not None
    assert lines.run.as_json()["partial"]
    assert lines.run.findings["control"].workloads == 3
    assert lines.run.findings["control"].failed()


def test_a_server_that_cannot_be_started_is_a_usage_error() -> None:
    with pytest.raises(anechoic.UsageError, match="ended before it listened"):
        anechoic.check(f"{sys.executable} -c pass {{port}}")


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"max_examples": 0}, "must be a whole number from 1 to 1,000,000"),
        ({"patience": -1.0}, "must be a number from 0.01 to 3,600.0"),
        ({"faults": ["frost"]}, "there is no such fault"),
        ({"service": "gopher"}, "there is no such service; known are echo"),
        ({"baseline": "nowhere.toml"}, "cannot be read"),
    ],
)
def test_a_wrong_keyword_is_named(keywords: dict[str, Any], words: str) -> None:
    with pytest.raises(anechoic.UsageError, match=words):
        anechoic.check(SERVER, **keywords)


def test_targets_are_checked_when_they_are_made() -> None:
    with pytest.raises(anechoic.TargetError, match=r"has no \{port\}"):
        Target.server("./mine")
    with pytest.raises(anechoic.TargetError, match="HOST:PORT"):
        Target.address("localhost")
    assert str(Target.client()) == "the bundled reference client (target.tcpcli)"


def test_the_bundled_references_can_be_checked_too() -> None:
    assert str(Target.server()) == "the bundled reference server (target.tcpserv04)"
    result = anechoic.check(
        Target.client(), faults=["control"], max_examples=2, no_sweep=True, seed=1
    )
    assert result.status is ExitStatus.CONFORMS
