"""A run's exit status: success needs a reason, and nothing that went wrong is forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest

from faults.server.accept_errors import AcceptErrno, AcceptError
from properties.cases.case import Case
from properties.client.role import CLIENT
from properties.client.steps import Accept
from properties.model.levels import Level
from properties.model.steps import Inject
from properties.model.verdict import Outcome, Verdict
from properties.reports import text
from properties.reports.layout import WIDTH
from properties.reports.terminal import Terminal
from properties.running.exit_status import ExitStatus
from properties.running.listener import announce
from properties.running.plan import plan
from properties.running.run import Run
from properties.search.findings import Cell, Failure, Findings
from properties.server.invariants import listener_survives
from properties.server.invariants.registry import INVARIANTS
from properties.server.role import SERVER
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


def violating(*levels: Level, fails_from: Level = Level.MUST) -> Run:
    """Return a run with a violation of each of these levels, and a pass."""
    made = run(Outcome.PASS)
    made.settings = replace(made.settings, level=fails_from)
    found = Findings("control", workloads=1)
    for invariant, level in zip(INVARIANTS[1:], levels, strict=False):
        found.cells[invariant.id].note(Verdict(Outcome.FAIL, "seen", level=level))
    made.add(found)
    return made


@pytest.mark.parametrize(
    ("level", "fails_from", "status"),
    [
        (Level.MUST, Level.MUST, ExitStatus.VIOLATION),
        (Level.SHOULD, Level.MUST, ExitStatus.CONFORMS),
        (Level.MAY, Level.MUST, ExitStatus.CONFORMS),
        (Level.SHOULD, Level.SHOULD, ExitStatus.VIOLATION),
        (Level.MAY, Level.SHOULD, ExitStatus.CONFORMS),
        (Level.MAY, Level.MAY, ExitStatus.VIOLATION),
    ],
)
def test_only_a_violation_that_is_strong_enough_fails_the_run(
    level: Level, fails_from: Level, status: ExitStatus
) -> None:
    assert violating(level, fails_from=fails_from).status is status


def test_doubt_in_the_cell_of_a_weak_violation_is_no_success() -> None:
    made = violating(Level.MAY)
    cell = made.findings["control"].cells[INVARIANTS[1].id]
    cell.note(Verdict.inconclusive("the machine was too slow"))
    assert made.status is ExitStatus.INCONCLUSIVE
    assert text.reasons_of(made, Outcome.INCONCLUSIVE) == {
        "the machine was too slow": [f"control x {INVARIANTS[1].id}"]
    }


def test_doubt_in_the_cell_of_a_violation_that_fails_the_run_is_not_told() -> None:
    made = violating(Level.MUST)
    made.findings["control"].cells[INVARIANTS[1].id].note(Verdict.inconclusive("slow"))
    assert made.status is ExitStatus.VIOLATION
    assert text.reasons_of(made, Outcome.INCONCLUSIVE) == {}


def test_the_conclusion_counts_what_does_not_fail_the_run() -> None:
    lines = text.conclusion(violating(Level.MAY, Level.SHOULD, Level.SHOULD), Terminal.nowhere())
    names = ", ".join(sorted(one.id for one in INVARIANTS[1:4]))
    first, *names_again, second, _ = lines.splitlines()
    assert first.endswith("conforms at MUST, with 2 warnings and 1 note:")
    assert " ".join(" ".join(names_again).split()) == names
    assert second == "violated: 0 MUST, 2 SHOULD, 1 MAY"


def test_the_conclusion_of_a_failed_run_names_what_failed_it() -> None:
    lines = text.conclusion(violating(Level.SHOULD, Level.MUST), Terminal.nowhere())
    first, second, _ = lines.splitlines()
    assert first.endswith(f"does not conform: {INVARIANTS[2].id}")
    assert second == "violated: 1 MUST, 1 SHOULD, 0 MAY"


def test_the_grid_shows_weak_violations_by_words_of_their_own() -> None:
    made = violating(Level.MUST, Level.SHOULD, Level.MAY)
    lines = list(text.grid_of(made, Terminal.nowhere()))
    signs = [line.split()[1] for line in lines if line.startswith(tuple(i.id for i in INVARIANTS))]
    assert signs[:4] == ["pass", "FAIL", "warn", "note"]
    assert "warn: SHOULD violated" in "\n".join(lines)
    assert max(map(len, lines)) <= WIDTH


def test_the_result_as_json_has_the_level_of_each_violation_and_counts_them() -> None:
    made = violating(Level.MUST, Level.SHOULD, Level.SHOULD).as_json()
    assert made["level"] == "must"
    levels = {one["invariant"]: (one["verdict"], one["level"]) for one in made["checks"]}
    assert levels[INVARIANTS[0].id] == ("pass", None)
    assert levels[INVARIANTS[2].id] == ("fail", "should")
    totals = made["totals"]
    assert (totals["fail"], totals["fail_must"], totals["fail_should"]) == (3, 1, 2)


def test_the_result_as_json_counts_in_how_many_workloads_an_invariant_was_judged() -> None:
    made = run(Outcome.PASS, Outcome.INCONCLUSIVE)
    cells = made.findings["control"].cells
    cells[INVARIANTS[0].id].note(Verdict.inconclusive("the machine was too slow"))
    checks = {one["invariant"]: one for one in made.as_json()["checks"]}
    first = checks[INVARIANTS[0].id]
    assert (first["judged"], first["doubts"]) == (1, 1)
    assert first["doubt"] == "the machine was too slow"
    assert checks[INVARIANTS[1].id]["judged"] == 0
    totals = made.as_json()["totals"]
    assert (totals["judgements"], totals["doubts"]) == (1, 2)


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
        found.cells[invariant.id].keep(Failure(case, 1))
    made.add(found)
    lines = [*text.failures(made, Terminal.nowhere())]
    assert max(map(len, lines)) <= WIDTH
    heads = [line for line in lines if line.startswith(("FAIL", "warn"))]
    assert [line.rpartition("    ")[2] for line in heads] == [i.section for i in made.invariants]


def _found(*steps: Accept, family: str = "control") -> Findings:
    """Return findings in which `exact_output` was violated by so many steps."""
    findings = Findings(family, workloads=1)
    case = Case(CLIENT, CLIENT.invariants[0], family, steps, "it is wrong", ("mine", "{port}"))
    findings.cells[case.invariant.id].keep(Failure(case, len(steps)))
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


def test_what_a_part_has_shrunk_is_kept_and_announced_once_though_the_part_goes_on(
    client_run: Run,
) -> None:
    name = CLIENT.invariants[0].id
    findings = _found(Accept(), Accept())
    announce(client_run, findings, [])
    assert client_run.smallest_cases(findings) == []
    smaller = _found(Accept())
    smaller.cells[name].failures[""].measured(3, 3)
    ((shrunk, failure),) = client_run.smallest_cases(smaller)
    assert (shrunk, failure.times, Path(failure.path).exists()) == (name, 3, True)
    assert client_run.smallest_cases(smaller) == []


def _dies_of(error: AcceptErrno) -> Findings:
    """Return findings in which a listener died of an error of accept."""
    workload = (Inject(AcceptError((1,), error, 1)),)
    invariant = listener_survives.INVARIANT
    case = Case(SERVER, invariant, "accept_errors", workload, "it died", ("mine", "{port}"))
    findings = Findings("accept_errors", workloads=1)
    findings.cells[invariant.id].keep(Failure(case, 1))
    findings.cells[invariant.id].note(Verdict(Outcome.FAIL, "it died", level=case.level))
    return findings


def test_a_stronger_violation_is_announced_again_and_a_weaker_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = Run(settings())
    found = [
        made.first_violations(_dies_of(error))
        for error in (AcceptErrno.ENONET, AcceptErrno.EMFILE, AcceptErrno.EHOSTDOWN)
    ]
    levels = [[failure.level for _, failure in each] for each in found]
    assert levels == [[Level.MAY], [Level.SHOULD], []]


def test_only_what_fails_the_run_is_a_reason_to_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = Run(settings(level="should"))
    assert not announce(made, _dies_of(AcceptErrno.ENONET), [])
    assert announce(made, _dies_of(AcceptErrno.EMFILE), [])


def test_the_first_case_is_removed_once_there_is_a_smaller_one(client_run: Run) -> None:
    ((_, first),) = client_run.first_violations(_found(Accept(), Accept()))
    client_run.add(_found(Accept()))
    client_run.keep_cases()
    (kept,) = Path(".anechoic/cases").iterdir()
    assert str(kept) != first.path


def test_each_kind_of_error_has_a_case_and_is_shown_with_its_families(client_run: Run) -> None:
    name = CLIENT.invariants[0].id
    families = {"control": (1, "EMFILE"), "mixed": (3, "EMFILE"), "peer_reset": (2, "EAGAIN")}
    for family, (steps, said) in families.items():
        found = _found(*[Accept()] * steps, family=family)
        (failure,) = found.cells[name].failures.values()
        actual = f"it ended, saying {said!r}"
        found.cells[name] = Cell(found.cells[name].counts)
        found.cells[name].keep(replace(failure, case=replace(failure.case, actual=actual)))
        client_run.add(found)
    client_run.keep_cases()
    lines = [*text.failures(client_run, Terminal.nowhere())]
    heads = [line.split("    ")[0] for line in lines if line.startswith("FAIL")]
    assert sorted(heads) == [f"FAIL control x {name}", f"FAIL peer_reset x {name}"]
    assert [line for line in lines if "also in" in line] == ["  also in   mixed"]
    cases = {
        check["fault"]: check["case"]
        for check in client_run.as_json()["checks"]
        if check["invariant"] == name and check["case"]
    }
    assert cases["control"] == cases["mixed"] != cases["peer_reset"]


def test_a_case_of_an_earlier_run_is_left_where_it_is(client_run: Run) -> None:
    client_run.first_violations(_found(Accept(), Accept()))
    again = Run(client_run.settings)
    again.first_violations(_found(Accept(), Accept()))
    again.add(_found(Accept()))
    again.keep_cases()
    assert len(list(Path(".anechoic/cases").iterdir())) == 2
