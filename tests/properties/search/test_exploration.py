"""Exploring: violations are shrunk and reported, each by itself, also those that come and go."""

from functools import partial
from typing import Any

import pytest

from faults.fault import Fault, Status
from faults.server.freeze import Freeze
from faults.server_context import ServerContext
from properties.model.role import Family
from properties.model.steps import Workload
from properties.model.sweep import ATTEMPTS
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Outcome, Verdict
from properties.search import smallest_case
from properties.search.exploration import Exploration
from properties.search.findings import Findings
from properties.server.families import CONTROL, FAMILIES
from properties.server.generation.builder import WorkloadBuilder
from properties.server.generation.strategies import workloads as generated
from properties.server.invariants.registry import INVARIANTS
from properties.server.steps import Close, HalfClose, Open, Send
from target.errors import TargetError
from tests.properties.search.made_up import MadeUpHarness, RunTrial, exploration, trial
from tests.properties.server.histories import history, injected

BURSTS = next(family for family in FAMILIES if family.name == "disconnect_burst")


def explored(run: RunTrial, parts: int = 12, **changed: Any) -> Findings:
    """Explore several parts of a family, as a run does: each has its seed, and all one harness."""
    harness = MadeUpHarness(run)
    whole = Findings(CONTROL.name)
    for part in range(parts):
        whole.merge(exploration(run, harness=harness, seed=part, **changed).run())
    return whole


def counts(findings: Findings, invariant: str) -> dict[str, int]:
    return findings.cells[invariant].counts


def has(workload: Workload, kind: type) -> bool:
    return any(isinstance(step, kind) for step in workload)


def closes(workload: Workload) -> list[str]:
    """Violate no_zombies as soon as a client that is connected closes."""
    connected = {step.client for step in workload if isinstance(step, Open)}
    gone = any(isinstance(step, Close) and step.client in connected for step in workload)
    return ["no_zombies"] if gone else []


def test_without_a_violation_every_workload_counts_as_a_pass() -> None:
    findings = exploration(trial).run()
    assert findings.workloads > 0
    assert findings.failed() == []
    assert all(
        counts(findings, invariant.id) == {"pass": findings.workloads} for invariant in INVARIANTS
    )


def test_a_violation_is_shrunk_to_the_fewest_steps() -> None:
    whole = explored(lambda workload: trial(workload, *closes(workload)))
    assert whole.failed() == ["no_zombies"]
    failure = whole.cells["no_zombies"].failure
    assert failure is not None
    assert failure.steps == ["open c1", "close c1"]
    assert failure.first_steps > 2
    assert failure.actual == "no_zombies was violated"


def test_whatever_the_seed_the_smallest_case_is_the_same() -> None:
    for seed in range(5):
        findings = exploration(lambda w: trial(w, *closes(w)), seed=seed).run()
        failure = findings.cells["no_zombies"].failure
        assert failure is not None
        assert failure.steps == ["open c1", "close c1"]


def test_without_shrinking_the_first_violation_is_kept() -> None:
    findings = exploration(lambda workload: trial(workload, *closes(workload)), shrink=False).run()
    assert findings.failed() == ["no_zombies"]


def test_different_violations_are_shrunk_and_reported_separately() -> None:
    def both(workload: Workload) -> Trial:
        large = any(isinstance(s, Send) and s.payload.length >= 100 for s in workload)
        half_closed = ["clean_eof"] if has(workload, HalfClose) else []
        return trial(workload, *closes(workload), *half_closed, *(["exact_echo"] if large else []))

    findings = explored(both)
    assert set(findings.failed()) == {"no_zombies", "clean_eof", "exact_echo"}
    for name, last in [
        ("no_zombies", "close c"),
        ("clean_eof", "half-close c"),
        ("exact_echo", " sends "),
    ]:
        failure = findings.cells[name].failure
        assert failure is not None
        assert len(failure.steps) <= 4
        assert last in failure.steps[-1]


def test_each_kind_of_error_that_the_target_names_gets_a_case_of_its_own() -> None:
    name = "listener_survives"

    def dies(workload: Workload) -> Trial:
        last = "accept: Too many open files" if has(workload, HalfClose) else "fork: EAGAIN"
        made = trial(workload)
        if has(workload, Close):
            made.verdicts[name] = Verdict.failed(f"the listener 4711 exited, saying {last!r}")
        return made

    failures = explored(dies).cells[name].failures
    shrunk = {kind: [s.rstrip("12 ") for s in one.steps] for kind, one in failures.items()}
    assert shrunk == {
        "EMFILE": ["open c", "close c", "half-close c"],
        "EAGAIN": ["open c", "close c"],
    }


def test_a_violation_that_never_comes_alone_is_shrunk_too() -> None:
    def nested(workload: Workload) -> Trial:
        both = has(workload, Close) and has(workload, HalfClose)
        return trial(workload, *closes(workload), *(["no_spin"] if both else []))

    failure = explored(nested).cells["no_spin"].failure
    assert failure is not None
    assert [step.rstrip("12 ") for step in failure.steps] == ["open c", "close c", "half-close c"]


def test_what_one_part_has_shrunk_the_next_one_counts_and_does_not_shrink_again() -> None:
    def run(workload: Workload) -> Trial:
        return trial(workload, *closes(workload))

    first = exploration(run, seed=1, examples=15)
    second = exploration(run, seed=2, examples=15, harness=first.harness)
    assert first.run().workloads > first.examples
    findings = second.run()
    assert findings.failed() == ["no_zombies"]
    assert findings.workloads <= second.examples


def test_what_a_sequel_shows_is_shrunk_with_it_and_nothing_else_is() -> None:
    def both(workload: Workload) -> Trial:
        return trial(workload, *(["clean_restart", "no_zombies"] if closes(workload) else []))

    harness = MadeUpHarness(both)
    findings = exploration(both, harness=harness, follow_up=FollowUp.RESTART).run()
    assert harness.follow_ups == {FollowUp.RESTART}
    restart, zombies = (findings.cells[n].failure for n in ("clean_restart", "no_zombies"))
    assert restart is not None
    assert restart.steps == ["open c1", "close c1"]
    assert (restart.failed, restart.times) == (smallest_case.MEASURED, smallest_case.MEASURED)
    assert zombies is not None
    assert zombies.times == 0


@pytest.mark.parametrize("possible", [False, True])
def test_a_follow_up_is_made_again_where_the_drawn_fault_was_impossible(possible: bool) -> None:
    statuses = iter([Status.IMPOSSIBLE, Status.FIRED if possible else Status.IMPOSSIBLE] * 2)

    def impossible_at_first(workload: Workload) -> Trial:
        return trial(workload, seen=history(injected(status=next(statuses))))

    findings = exploration(
        impossible_at_first, family=BURSTS, examples=1, follow_up=FollowUp.RESTART
    ).run()
    assert findings.workloads == (2 if possible else ATTEMPTS)
    verdict = findings.cells["clean_restart"].outcome
    assert verdict is (Outcome.PASS if possible else Outcome.NOT_APPLICABLE)


def test_a_follow_up_that_has_failed_is_known_to_others() -> None:
    first = exploration(
        lambda workload: trial(workload, "clean_restart"), follow_up=FollowUp.RESTART
    )
    first.run()
    assert first.harness.learnt.answered == {"clean_restart"}


def test_a_follow_up_that_was_passed_is_made_after_other_faults_as_well() -> None:
    first = exploration(trial, follow_up=FollowUp.RESTART)
    first.run()
    harness = MadeUpHarness(trial)
    harness.learnt.merge(first.harness.learnt)
    exploration(trial, harness=harness, follow_up=FollowUp.RESTART).run()
    assert harness.follow_ups == {FollowUp.RESTART}


def test_violations_that_always_come_together_are_both_reported() -> None:
    findings = exploration(
        lambda workload: trial(workload, *(["no_zombies", "no_spin"] if closes(workload) else []))
    ).run()
    assert findings.failed() == ["no_zombies", "no_spin"]


@pytest.mark.parametrize("every", [2, 3, 7])
def test_a_violation_that_comes_and_goes_is_reported_and_breaks_nothing(every: int) -> None:
    calls = 0

    def sometimes(workload: Workload) -> Trial:
        nonlocal calls
        calls += 1
        return trial(workload, *(["no_zombies"] if calls % every == 0 else []))

    findings = exploration(sometimes).run()
    assert findings.failed() == ["no_zombies"]
    assert findings.cells["no_zombies"].failure is not None
    assert counts(findings, "no_zombies")["fail"] >= 1


def test_a_violation_that_is_seen_once_and_never_again_is_reported() -> None:
    seen: list[Workload] = []

    def once(workload: Workload) -> Trial:
        seen.append(workload)
        return trial(workload, *(["isolation"] if len(seen) == 5 else []))

    findings = exploration(once).run()
    assert findings.failed() == ["isolation"]
    assert counts(findings, "isolation")["fail"] == 1


def test_different_violations_may_take_turns() -> None:
    calls = 0

    def in_turn(workload: Workload) -> Trial:
        nonlocal calls
        calls += 1
        return trial(workload, ("exact_echo", "no_spin", "isolation")[calls % 3])

    findings = explored(in_turn)
    assert set(findings.failed()) == {"exact_echo", "no_spin", "isolation"}


def test_while_hypothesis_searches_a_workload_that_has_failed_is_not_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Exploration, "_find_smallest", lambda *_: None)
    failed: list[Workload] = []

    def remember(workload: Workload) -> Trial:
        assert workload not in failed
        if closes(workload):
            failed.append(workload)
        return trial(workload, *closes(workload))

    exploration(remember).run()
    assert failed


def test_the_smallest_case_is_run_again_and_how_often_it_fails_is_kept() -> None:
    findings = exploration(lambda w: trial(w, *closes(w))).run()
    (name,) = findings.failed()
    failure = findings.cells[name].failure
    assert failure is not None
    assert (failure.failed, failure.times) == (smallest_case.MEASURED, smallest_case.MEASURED)
    assert failure.case.failed == smallest_case.MEASURED


def test_shrinking_ends_with_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    def tries(budget: float) -> int:
        monkeypatch.setattr(smallest_case, "BUDGET", budget)
        monkeypatch.setattr(smallest_case, "DESCENT", budget)
        return exploration(lambda w: trial(w, *closes(w))).run().workloads

    assert tries(0.0) < tries(20.0)


def test_a_part_ends_with_its_first_violation() -> None:
    drawn: list[Fault[ServerContext]] = []

    def draw(builder: WorkloadBuilder) -> Fault[ServerContext]:
        del builder
        drawn.append(Freeze())
        return drawn[-1]

    family = Family("counted", "none", "counts what is drawn", partial(generated, (draw,)))
    exploration(lambda w: trial(w, "no_zombies"), family=family).run()
    # At most three faults in a workload.
    assert len(drawn) <= 3


@pytest.mark.parametrize("error", [TargetError("it ended"), ZeroDivisionError()])
def test_a_trial_that_cannot_be_made_is_no_violation(error: Exception) -> None:
    def broken(_workload: Workload) -> Trial:
        raise error

    with pytest.raises(type(error)):
        exploration(broken).run()


def test_an_error_is_not_hidden_by_violations_before_it() -> None:
    def breaks_later(workload: Workload) -> Trial:
        if has(workload, HalfClose):
            raise TargetError("it ended")
        return trial(workload, *closes(workload))

    with pytest.raises(TargetError, match="it ended"):
        explored(breaks_later)


def tries_of(seed: int) -> list[Workload]:
    """Return the workloads that follow from a seed."""
    seen: list[Workload] = []

    def note(workload: Workload) -> Trial:
        seen.append(workload)
        return trial(workload)

    exploration(note, seed=seed, examples=20).run()
    return seen


def test_the_same_seed_gives_the_same_workloads_and_another_gives_others() -> None:
    assert tries_of(1) == tries_of(1)
    assert tries_of(1) != tries_of(2)


def test_progress_is_told_of_every_workload() -> None:
    workloads: list[int] = []

    def progress(findings: Findings) -> None:
        workloads.append(findings.workloads)

    findings = exploration(trial, progress=progress).run()
    assert workloads == list(range(1, findings.workloads + 1))


def test_while_a_case_is_made_smaller_progress_tells_the_time_and_its_bound() -> None:
    remarks: list[str] = []

    def progress(findings: Findings) -> None:
        remarks.append(findings.remark)

    findings = exploration(lambda w: trial(w, *closes(w)), progress=progress).run()
    assert f"smallest case of no_zombies: 0 s of {smallest_case.BUDGET:.0f} s" in remarks
    assert findings.remark == ""


def test_what_the_laboratory_noted_is_found_in_the_findings() -> None:
    made = exploration(trial)
    made.harness.notes.append("a server was replaced")
    assert made.run().notes == ["a server was replaced"]
    assert made.harness.notes == []


@pytest.mark.parametrize(
    ("status", "expected", "unfired"),
    [
        (Status.FIRED, Outcome.PASS, False),
        (Status.MISSED, None, True),
        (Status.IMPOSSIBLE, Outcome.NOT_APPLICABLE, False),
    ],
)
def test_only_a_fault_that_fired_makes_a_pass(
    status: Status, expected: Outcome | None, unfired: bool
) -> None:
    seen = history(injected(status=status))
    findings = exploration(lambda workload: trial(workload, seen=seen), family=BURSTS).run()
    wanted = {expected.value: findings.workloads} if expected else {}
    assert counts(findings, "no_zombies") == wanted
    assert findings.unfired == (findings.workloads if unfired else 0)


def test_a_cell_that_no_workload_could_judge_says_why_the_fault_never_happened() -> None:
    seen = history(injected(status=Status.MISSED))
    cell = exploration(lambda w: trial(w, seen=seen), family=BURSTS).run().cells["no_zombies"]
    assert cell.outcome is Outcome.INCONCLUSIVE
    assert cell.reason == "its fault never happened: as asked for"


def test_a_fault_that_fired_makes_up_for_one_that_missed() -> None:
    seen = history(injected(status=Status.MISSED), injected(status=Status.FIRED))
    findings = exploration(lambda workload: trial(workload, seen=seen), family=BURSTS).run()
    assert counts(findings, "no_zombies") == {"pass": findings.workloads}
    assert findings.unfired == 0


def test_a_violation_counts_whether_or_not_the_fault_fired() -> None:
    seen = history(injected(status=Status.MISSED))
    findings = exploration(lambda w: trial(w, "no_zombies", seen=seen), family=BURSTS).run()
    assert findings.failed() == ["no_zombies"]


def test_what_the_faults_said_is_kept_with_the_violation() -> None:
    seen = history(injected(fault="disconnect_burst"))
    findings = exploration(lambda w: trial(w, "no_zombies", seen=seen), family=BURSTS).run()
    failure = findings.cells["no_zombies"].failure
    assert failure is not None
    assert failure.injected == ["fired: as asked for"]


def test_the_smallest_workload_that_opens_a_client_is_found() -> None:
    findings = exploration(lambda workload: trial(workload, "no_spin")).run()
    failure = findings.cells["no_spin"].failure
    assert failure is not None
    assert failure.steps == [str(Open(1))]


def test_a_trial_that_cannot_be_made_ends_the_search_with_its_own_error() -> None:
    tried: list[Workload] = []

    def refuse(workload: Workload) -> Trial:
        tried.append(workload)
        raise TargetError("it did not start")

    with pytest.raises(TargetError, match="it did not start"):
        exploration(refuse).run()
    assert len(tried) == 1
