"""A run's exit status: success needs a reason, and nothing that went wrong is forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest

from properties.cases.case import Case
from properties.client.role import CLIENT
from properties.client.steps import Accept
from properties.model.verdict import Outcome, Verdict
from properties.reports import text
from properties.reports.layout import WIDTH
from properties.reports.terminal import Terminal
from properties.running.exit_status import ExitStatus
from properties.running.plan import plan
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from properties.server.invariants.registry import INVARIANTS
from target.command import Command
from tests.properties.running.test_settings import settings


def run(*outcomes: Outcome) -> Run:
    """Return a run in which one workload was judged, by one invariant for each outcome."""
    made = Run(settings(), plan(settings()))
    if outcomes:
        found = Findings("control", workloads=1)
        for invariant in INVARIANTS:
            found.cells[invariant.id].note(Verdict.not_applicable("has no meaning here"))
        for invariant, outcome in zip(INVARIANTS, outcomes, strict=False):
            found.cells[invariant.id].note(Verdict(outcome, outcome.value))
        made.add(found)
    return made


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([], ExitStatus.USAGE),
        ([Outcome.PASS], ExitStatus.CONFORMS),
        ([Outcome.NOT_APPLICABLE], ExitStatus.INCONCLUSIVE),
        ([Outcome.PASS, Outcome.INCONCLUSIVE], ExitStatus.INCONCLUSIVE),
        ([Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL], ExitStatus.VIOLATION),
    ],
)
def test_the_status_is_the_worst_of_what_was_found(
    outcomes: list[Outcome], status: ExitStatus
) -> None:
    assert run(*outcomes).status is status


def test_an_error_of_the_tester_is_no_success() -> None:
    made = run(Outcome.PASS)
    made.errors.append("a worker has died")
    assert made.status is ExitStatus.INCONCLUSIVE


def test_a_failure_without_a_cause_is_no_success() -> None:
    made = run(Outcome.PASS)
    made.require_a_cause()
    assert made.status is ExitStatus.INCONCLUSIVE


def test_the_conclusion_says_how_much_of_the_grid_was_judged() -> None:
    outcomes = (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE)
    made = run(*outcomes, *[Outcome.NOT_APPLICABLE] * (len(INVARIANTS) - len(outcomes)))
    last = text.conclusion(made, Terminal.nowhere()).splitlines()[-1]
    assert last.startswith(f"2 of {len(INVARIANTS)} cells judged by ")


def test_the_conclusion_fits_however_long_the_command_and_the_list_of_what_it_violates() -> None:
    made = run(*[Outcome.FAIL] * len(INVARIANTS))
    words = ("/a/long/path/to/python", "-P", "-m", "target.tcpserv02", "--port", "{port}")
    target = replace(made.settings.target, command=Command(words))
    made.settings = replace(made.settings, target=target)
    lines = text.conclusion(made, Terminal.nowhere()).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert all(invariant.id in " ".join(lines) for invariant in INVARIANTS)


@pytest.mark.parametrize("letters", range(20, 80))
def test_the_head_of_a_failure_fits_however_long_the_command_is(letters: int) -> None:
    made = Run(settings(client=f"./{'x' * letters} {'a ' * 40}{{port}}"))
    found = Findings("peer_reset", workloads=1)
    for invariant in made.invariants:
        case = Case(CLIENT, invariant, "peer_reset", (Accept(),), "seen", ("x", "{port}"))
        found.cells[invariant.id].note(Verdict.failed("seen"))
        found.cells[invariant.id].failure = Failure(case, 1)
    made.add(found)
    lines = [*text.failures(made, Terminal.nowhere())]
    assert max(map(len, lines)) <= WIDTH
    heads = [line for line in lines if line.startswith("FAIL")]
    assert [line.rpartition("    ")[2] for line in heads] == [i.section for i in made.invariants]


def _found(*steps: Accept) -> Findings:
    """Return findings in which `exact_output` was violated by so many steps."""
    findings = Findings("control", workloads=1)
    case = Case(CLIENT, CLIENT.invariants[0], "control", steps, "it is wrong", ("mine", "{port}"))
    findings.cells[case.invariant.id].failure = Failure(case, len(steps))
    findings.cells[case.invariant.id].note(Verdict.failed("it is wrong"))
    return findings


@pytest.fixture
def client_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(settings(client=""))


def test_the_first_violation_is_kept_at_once_and_announced_once(client_run: Run) -> None:
    findings = _found(Accept(), Accept())
    ((name, failure),) = client_run.first_violations(findings)
    assert name == CLIENT.invariants[0].id
    assert Path(failure.path).exists()
    assert client_run.first_violations(findings) == []


def test_the_first_case_is_removed_once_there_is_a_smaller_one(client_run: Run) -> None:
    ((_, first),) = client_run.first_violations(_found(Accept(), Accept()))
    client_run.add(_found(Accept()))
    client_run.keep_cases()
    (kept,) = Path(".anechoic/cases").iterdir()
    assert str(kept) != first.path


def test_a_case_of_an_earlier_run_is_left_where_it_is(client_run: Run) -> None:
    client_run.first_violations(_found(Accept(), Accept()))
    again = Run(client_run.settings)
    again.first_violations(_found(Accept(), Accept()))
    again.add(_found(Accept()))
    again.keep_cases()
    assert len(list(Path(".anechoic/cases").iterdir())) == 2
